//! Who will miss a flag that is archived: callers, and code that names it.

use super::count::counted;
use super::reference::Place;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Missed {
    /// Times it was asked for alone in the last 24 hours, in all environments together.
    pub asked: u64,
    /// Bulk answers that it was part of in that time. They hold every flag, whether code reads it or not.
    pub delivered: u64,
    /// Places in code, and the first of them.
    pub places: usize,
    pub first: Option<Place>,
}

impl Missed {
    /// Whether calls or references remain, by what says that code reads it.
    pub fn remains(&self) -> bool {
        self.asked > 0 || self.places > 0
    }

    /// In full sentences, for who is about to archive it.
    pub fn said(&self) -> String {
        let then = "get FLAG_NOT_FOUND and use the default in their code";
        let times = |count: u64| if count == 1 { "once".to_owned() } else { format!("{} times", counted(count)) };
        let alone = if self.delivered > 0 { " by itself" } else { "" };
        let mut said = match self.asked {
            0 => format!("Nobody asked for it{alone} in the last 24 h. Callers who do will {then}."),
            asked => format!("Asked for {} in the last 24 h; callers will {then}.", times(asked)),
        };
        match self.delivered {
            0 => {}
            1 => said.push_str(" One bulk answer held it, which says nothing of whether code reads it."),
            many => {
                let many = counted(many);
                said.push_str(&format!(" {many} bulk answers held it, which says nothing of whether code reads it."));
            }
        }
        if let Some(first) = &self.first {
            let places = if self.places == 1 { "one place".to_owned() } else { format!("{} places", self.places) };
            said.push_str(&format!(" Code still names it in {places}: {} first.", first.said()));
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bulk_answers_are_told_and_prove_nothing() {
        let missed = |asked, delivered| Missed { asked, delivered, ..Missed::default() };
        for (one, remains, words) in [
            (missed(0, 0), false, "Nobody asked for it in the last 24 h. Callers who do will get FLAG_NOT_FOUND"),
            (missed(0, 1), false, "Nobody asked for it by itself in the last 24 h."),
            (missed(0, 30), false, "30 bulk answers held it, which says nothing of whether code reads it."),
            (missed(1, 1), true, "Asked for once in the last 24 h; callers will get FLAG_NOT_FOUND"),
            (missed(1, 1), true, " One bulk answer held it, which says nothing"),
        ] {
            assert!(one.remains() == remains && one.said().contains(words), "{one:?}: {}", one.said());
        }
        let first = Place { repository: "shop/web".into(), file: "src/a.rs".into(), line: 3 };
        let named = Missed { places: 2, first: Some(first), ..missed(0, 0) };
        assert!(named.remains() && named.said().contains("in 2 places: shop/web: src/a.rs:3 first."), "{}", named.said());
    }
}
