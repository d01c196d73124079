//! From page to page of a long list.

use super::icon::{Glyph, Icon};
use super::query::Query;
use crate::components::prelude::*;

/// Links to the pages around this one; nothing at all where there is only one page.
#[component]
pub fn Paging(
    /// From 1.
    page: u64,
    pages: u64,
    /// The page's query, of which only `page` changes.
    query: Query,
    /// What the way to the first page is called; `Newer` where the list is a history.
    #[prop(default = "Previous")]
    back: &'static str,
    #[prop(default = "Next")] forth: &'static str,
) -> Html {
    if pages <= 1 {
        return ().draw();
    }
    let query = Links(query);
    let numbers: Vec<_> = around(page, pages)
        .into_iter()
        .map(|number| match number {
            None => view! { <li class="gap" aria-hidden="true">"…"</li> },
            Some(number) => {
                let current = (number == page).then_some("page");
                let label = format!("Page {number}");
                view! { <li><a href=query.href(number) aria-current=current aria-label=label>{number}</a></li> }
            }
        })
        .collect();
    let newer = (page > 1).then(|| {
        view! { <a class="btn quiet" rel="prev" href=query.href(page - 1)><Icon name=Glyph::ChevronLeft />{back}</a> }
    });
    let older = (page < pages).then(|| {
        view! { <a class="btn quiet" rel="next" href=query.href(page + 1)>{forth}<Icon name=Glyph::ChevronRight /></a> }
    });
    view! { <nav class="paging" aria-label="Pages">{newer}<ol>{numbers}</ol>{older}</nav> }
}

/// The ways on from a page of a history, which has no numbers: rows are added while one reads.
#[component]
pub fn NewerOlder(
    /// The address of the newer page, where there is one.
    newer: Option<String>,
    older: Option<String>,
) -> Html {
    if newer.is_none() && older.is_none() {
        return ().draw();
    }
    let newer = newer.map(|href| view! { <a class="btn quiet" rel="prev" href=href><Icon name=Glyph::ChevronLeft />"Newer"</a> });
    let older =
        older.map(|href| view! { <a class="btn quiet" rel="next" href=href>"Older"<Icon name=Glyph::ChevronRight /></a> });
    view! { <nav class="paging" aria-label="Pages">{newer}{older}</nav> }
}

struct Links(Query);

impl Links {
    /// The first page is the one without a number.
    fn href(&self, page: u64) -> String {
        let number = if page <= 1 { String::new() } else { page.to_string() };
        self.0.with("page", &number).href()
    }
}

/// The first, the last and the neighbours of `page`; `None` where pages are left out.
fn around(page: u64, pages: u64) -> Vec<Option<u64>> {
    let mut shown: Vec<u64> = [1, pages].into_iter().chain(page.saturating_sub(1)..=page + 1).collect();
    shown.retain(|number| (1..=pages).contains(number));
    shown.sort_unstable();
    shown.dedup();
    let mut out = Vec::new();
    let mut last = 0;
    for number in shown {
        match number - last {
            1 => {}
            2 => out.push(Some(number - 1)),
            _ => out.push(None),
        }
        out.push(Some(number));
        last = number;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_pages_are_left_out() {
        let line = |page, pages| {
            let text = |n: Option<u64>| n.map_or("…".to_owned(), |n| n.to_string());
            around(page, pages).into_iter().map(text).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(line(1, 2), "1 2");
        assert_eq!(line(1, 9), "1 2 … 9");
        assert_eq!(line(5, 9), "1 … 4 5 6 … 9");
        assert_eq!(line(4, 6), "1 2 3 4 5 6");
        assert_eq!(line(99, 3), "1 2 3");
    }
}
