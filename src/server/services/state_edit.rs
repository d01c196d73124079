//! One edit of a flag's state, as a person makes it on a page. Pure: state and edit in, new state out.

use crate::domain::flag::{Flag, Problem};
use crate::domain::key::VariantName;
use crate::domain::rule::{Rule, Serve};
use crate::domain::state::{State, Target};

#[derive(Debug, Clone, PartialEq)]
pub enum StateEdit {
    /// The whole list of one variant's individual targets.
    Targets {
        variant: VariantName,
        units: Vec<String>,
    },
    /// The whole lists of several variants; those of others stay.
    AllTargets(Vec<Target>),
    /// What everyone else gets.
    Fallthrough(Serve),
    OffVariant(VariantName),
    AddRule(Rule),
    /// Keeps its place.
    ReplaceRule(Rule),
    RemoveRule(String),
    PauseRule {
        id: String,
        active: bool,
    },
    MoveRule {
        id: String,
        to: Move,
    },
    /// A copy directly below, active and under an id of its own.
    DuplicateRule {
        id: String,
    },
    /// To a place counted from 0; one past the end is the end.
    MoveRuleTo {
        id: String,
        place: usize,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    Up,
    Down,
    Top,
}

impl StateEdit {
    /// The state after this edit; a problem when it speaks of a rule that is gone.
    pub fn apply(self, state: &State, flag: &Flag) -> Result<State, Problem> {
        let mut after = state.clone();
        match self {
            Self::Targets { variant, units } => set_targets(&mut after, flag, variant, units),
            Self::AllTargets(lists) => lists.into_iter().for_each(|list| set_targets(&mut after, flag, list.variant, list.units)),
            Self::Fallthrough(serve) => after.fallthrough = serve,
            Self::OffVariant(variant) => after.off_variant = variant,
            Self::AddRule(rule) => after.rules.push(rule),
            Self::ReplaceRule(rule) => {
                let at = place(&after, &rule.id)?;
                after.rules[at] = rule;
            }
            Self::RemoveRule(id) => {
                let at = place(&after, &id)?;
                after.rules.remove(at);
            }
            Self::PauseRule { id, active } => {
                let at = place(&after, &id)?;
                after.rules[at].active = active;
            }
            Self::MoveRule { id, to } => move_rule(&mut after, &id, to)?,
            Self::DuplicateRule { id } => duplicate_rule(&mut after, &id)?,
            Self::MoveRuleTo { id, place } => {
                let from = self::place(&after, &id)?;
                put_rule(&mut after, from, place);
            }
        }
        Ok(after)
    }
}

fn place(state: &State, id: &str) -> Result<usize, Problem> {
    let gone = || Problem::new("rule", "That rule is not there any more. Reload the page to see the present rules.");
    state.rules.iter().position(|rule| rule.id == id).ok_or_else(gone)
}

fn move_rule(state: &mut State, id: &str, to: Move) -> Result<(), Problem> {
    let from = place(state, id)?;
    let last = state.rules.len() - 1;
    let to = match to {
        Move::Up => from.saturating_sub(1),
        Move::Down => (from + 1).min(last),
        Move::Top => 0,
    };
    put_rule(state, from, to);
    Ok(())
}

fn put_rule(state: &mut State, from: usize, to: usize) {
    let rule = state.rules.remove(from);
    state.rules.insert(to.min(state.rules.len()), rule);
}

fn duplicate_rule(state: &mut State, id: &str) -> Result<(), Problem> {
    let at = place(state, id)?;
    let original = &state.rules[at];
    let name = match original.name.as_str() {
        "" => format!("Copy of rule {}", at + 1),
        name => format!("Copy of {name}"),
    };
    let copy = Rule { id: state.free_rule_id(), name, active: true, ..original.clone() };
    state.rules.insert(at + 1, copy);
    Ok(())
}

/// Keeps the lists in the order of the variants, and drops empty ones, so that equal states are equal documents.
fn set_targets(state: &mut State, flag: &Flag, variant: VariantName, units: Vec<String>) {
    state.targets.retain(|target| target.variant != variant);
    if !units.is_empty() {
        state.targets.push(Target { variant, units });
    }
    let place = |name: &VariantName| flag.variants.iter().position(|variant| &variant.name == name);
    state.targets.sort_by_key(|target| place(&target.variant));
}

/// Reads a list of targeting keys, one a line, since a key may hold a comma (`cn=ada,ou=eng`); blank lines and repeats fall
/// away, and so does white space around a key.
pub fn read_units(text: &str) -> Vec<String> {
    let mut units: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for unit in text.lines().map(str::trim).filter(|unit| !unit.is_empty()) {
        if seen.insert(unit) {
            units.push(unit.to_owned());
        }
    }
    units
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::flag::{ExpiryAction, FlagKind, Owner, ValueType};
    use crate::domain::key::FlagKey;

    fn flag() -> Flag {
        Flag {
            key: FlagKey::parse("a").unwrap(),
            kind: FlagKind::Permission,
            value_type: ValueType::Boolean,
            variants: Flag::boolean_variants(),
            fallback_variant: VariantName::off(),
            owner: Owner::Unclaimed("Team".into()),
            description: "A".into(),
            scope: String::new(),
            ticket: String::new(),
            tags: Vec::new(),
            rollback_criteria: String::new(),
            expires_at: None,
            on_expiry: ExpiryAction::Notify,
            review_by: None,
            client_visible: false,
            archived_at: None,
        }
    }

    fn with_rules(ids: &[&str]) -> State {
        let rule = |id: &&str| Rule {
            id: (*id).into(),
            name: String::new(),
            active: true,
            conditions: Vec::new(),
            serve: Serve::Variant(VariantName::on()),
        };
        State { rules: ids.iter().map(rule).collect(), ..State::initial(&flag()) }
    }

    fn order(state: &State) -> String {
        state.rules.iter().map(|rule| rule.id.as_str()).collect()
    }

    #[test]
    fn rules_move_by_one_or_to_the_top_and_stop_at_the_ends() {
        let table = [
            ("a", Move::Up, "abc"),
            ("b", Move::Up, "bac"),
            ("c", Move::Top, "cab"),
            ("a", Move::Down, "bac"),
            ("c", Move::Down, "abc"),
        ];
        for (id, to, expected) in table {
            let edit = StateEdit::MoveRule { id: id.into(), to };
            assert_eq!(order(&edit.apply(&with_rules(&["a", "b", "c"]), &flag()).unwrap()), expected, "{id} {to:?}");
        }
    }

    #[test]
    fn rules_move_to_a_place() {
        for (id, place, expected) in
            [("a", 0, "abc"), ("a", 1, "bac"), ("a", 2, "bca"), ("c", 0, "cab"), ("b", 7, "acb"), ("b", usize::MAX, "acb")]
        {
            let edit = StateEdit::MoveRuleTo { id: id.into(), place };
            assert_eq!(order(&edit.apply(&with_rules(&["a", "b", "c"]), &flag()).unwrap()), expected, "{id} {place}");
        }
    }

    #[test]
    fn a_copy_stands_below_its_original_and_is_active() {
        let mut state = with_rules(&["r1", "r7"]);
        state.rules[0] = Rule { name: "Staff".into(), active: false, ..state.rules[0].clone() };
        let copied = |id: &str| StateEdit::DuplicateRule { id: id.into() }.apply(&state, &flag()).unwrap();
        assert_eq!(order(&copied("r1")), "r1r8r7");
        let copy = &copied("r1").rules[1];
        assert_eq!((copy.name.as_str(), copy.active), ("Copy of Staff", true));
        assert_eq!(copied("r7").rules[2].name, "Copy of rule 2");
    }

    #[test]
    fn an_edit_of_a_rule_that_is_gone_says_so() {
        let gone = || "x".to_owned();
        for edit in [
            StateEdit::RemoveRule(gone()),
            StateEdit::DuplicateRule { id: gone() },
            StateEdit::MoveRuleTo { id: gone(), place: 0 },
        ] {
            assert!(edit.apply(&with_rules(&["a"]), &flag()).is_err());
        }
    }

    #[test]
    fn targets_keep_the_variants_order_and_empty_lists_fall_away() {
        let set = |state: &State, variant: VariantName, units: &[&str]| {
            let units = units.iter().map(|unit| (*unit).to_owned()).collect();
            StateEdit::Targets { variant, units }.apply(state, &flag()).unwrap()
        };
        let state = set(&with_rules(&[]), VariantName::off(), &["lin"]);
        let state = set(&state, VariantName::on(), &["ada"]);
        assert_eq!(state.targets.iter().map(|t| t.variant.as_str()).collect::<Vec<_>>(), ["on", "off"]);
        assert_eq!(set(&state, VariantName::on(), &[]).targets.len(), 1);
    }

    #[test]
    fn all_lists_change_in_one_edit() {
        let list =
            |variant: VariantName, units: &[&str]| Target { variant, units: units.iter().map(|u| (*u).to_owned()).collect() };
        let edit = |lists| StateEdit::AllTargets(lists);
        let state = edit(vec![list(VariantName::off(), &["lin"]), list(VariantName::on(), &["ada"])])
            .apply(&with_rules(&[]), &flag())
            .unwrap();
        assert_eq!(state.targets, [list(VariantName::on(), &["ada"]), list(VariantName::off(), &["lin"])]);
        // A key that changes sides is never on both.
        let moved =
            edit(vec![list(VariantName::on(), &[]), list(VariantName::off(), &["lin", "ada"])]).apply(&state, &flag()).unwrap();
        assert_eq!(moved.targets, [list(VariantName::off(), &["lin", "ada"])]);
    }

    #[test]
    fn unit_lists_are_read_line_by_line() {
        assert_eq!(read_units("ada\r\ncn=ada,ou=eng\n\n  ada\t\nuser 7,"), ["ada", "cn=ada,ou=eng", "user 7,"]);
        assert!(read_units(" \r\n\t").is_empty());
    }
}
