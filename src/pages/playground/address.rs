//! The playground's address, which is all the state it has but for values of private attributes: flags, environments, the
//! context and the moment. Texts as they were typed; pure.

use crate::components::Query;
use crate::server::services::context_draft::{
    ContextDraft, ContextRow, JSON, ReadAs, Shape, name_field, type_field, values_field,
};
use crate::server::services::projects::OpenProject;
use std::collections::BTreeMap;

/// Names in the address.
pub const FLAG: &str = "flag";
pub const ENVIRONMENT: &str = "env";
pub const SEARCH: &str = "q";
pub const MOMENT: &str = "at";
pub const PERSONA: &str = "persona";
/// The persona that the context was filled in from, so that choosing another one is noticed.
pub const FILLED: &str = "was";
pub const SHAPE: &str = "as";
pub const SEVERAL: &str = "several";
/// Whether one's own drafts are tried too.
pub const DRAFT: &str = "draft";
/// What an address held that no address should, by its name; it was left out.
pub const WITHOUT: &str = "without";
/// What one of the form's inner buttons asks for.
pub const ORDER: &str = "do";

/// What a button of the form asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    #[default]
    Try,
    /// Take the context of the chosen persona.
    Fill,
    /// More blank rows.
    Add,
    /// Write the context in the other way.
    Switch(Shape),
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    pub flags: Vec<String>,
    pub search: String,
    pub environments: Vec<String>,
    pub context: ContextDraft,
    pub persona: String,
    pub filled: String,
    pub at: String,
    pub draft: bool,
    pub page: usize,
    pub order: Order,
}

impl Asked {
    pub fn read(pairs: &[(String, String)]) -> Self {
        let text = |name: &str| pairs.iter().find(|(key, _)| key == name).map_or(String::new(), |(_, value)| value.clone());
        let all = |name: &str| {
            let given = pairs.iter().filter(|(key, value)| key == name && !value.trim().is_empty());
            given.map(|(_, value)| value.trim().to_owned()).collect::<Vec<_>>()
        };
        let shape = if text(SHAPE) == "json" { Shape::Json } else { Shape::Rows };
        let context = ContextDraft { shape, rows: rows(pairs), json: text(JSON), several: text(SEVERAL) == "on" };
        Self {
            flags: all(FLAG),
            search: text(SEARCH),
            environments: all(ENVIRONMENT),
            context,
            persona: text(PERSONA),
            filled: text(FILLED),
            at: text(MOMENT),
            draft: text(DRAFT) == "on",
            page: text("page").parse().unwrap_or(1),
            order: order(&text(ORDER)),
        }
    }

    /// Whether the context is to be that of the persona.
    pub fn wants_persona(&self) -> bool {
        !self.persona.is_empty() && (self.order == Order::Fill || self.persona != self.filled)
    }

    /// The shortest address of the same page. With `persona` the context is that of one, and is not written out.
    pub fn query(&self, persona: Option<&str>) -> Query {
        let mut pairs: Vec<(String, String)> = Vec::new();
        let mut add = |name: &str, value: &str| {
            if !value.is_empty() {
                pairs.push((name.to_owned(), value.to_owned()));
            }
        };
        self.flags.iter().for_each(|flag| add(FLAG, flag));
        add(SEARCH, self.search.trim());
        self.environments.iter().for_each(|environment| add(ENVIRONMENT, environment));
        add(MOMENT, self.at.trim());
        add(DRAFT, if self.draft { "on" } else { "" });
        if self.context.shape == Shape::Json {
            add(SHAPE, "json");
        }
        match (persona, self.context.shape) {
            (Some(persona), _) => add(PERSONA, persona),
            (None, Shape::Json) => {
                add(JSON, self.context.json.trim());
                add(SEVERAL, if self.context.several { "on" } else { "" });
            }
            (None, Shape::Rows) => {
                for (at, row) in self.context.rows.iter().enumerate() {
                    add(&name_field(at), row.name.trim());
                    add(&type_field(at), if row.read_as == ReadAs::Text { "" } else { row.read_as.as_str() });
                    add(&values_field(at), row.values.trim());
                }
            }
        }
        add("page", &if self.page > 1 { self.page.to_string() } else { String::new() });
        Query(pairs)
    }
}

/// The playground with one flag in one environment.
pub fn of_flag(project: &OpenProject, flag: &str, environment: &str) -> String {
    let asked = Asked { flags: vec![flag.to_owned()], environments: vec![environment.to_owned()], ..Asked::default() };
    address(project, &asked.query(None))
}

/// The playground with everything, for one persona.
pub fn of_persona(project: &OpenProject, persona: &str) -> String {
    address(project, &Asked::default().query(Some(persona)))
}

pub fn address(project: &OpenProject, query: &Query) -> String {
    format!("/p/{}/playground{}", project.key(), query.href().trim_end_matches('?'))
}

fn order(text: &str) -> Order {
    match text {
        "fill" => Order::Fill,
        "add" => Order::Add,
        "json" => Order::Switch(Shape::Json),
        "rows" => Order::Switch(Shape::Rows),
        _ => Order::Try,
    }
}

/// The rows that hold something, in the order of their numbers.
fn rows(pairs: &[(String, String)]) -> Vec<ContextRow> {
    let mut rows: BTreeMap<usize, ContextRow> = BTreeMap::new();
    for (name, value) in pairs {
        let Some((field, number)) = name.split_at_checked(1) else { continue };
        let Some(at) = number.parse::<usize>().ok().filter(|_| number.len() < 6 && matches!(field, "a" | "t" | "v")) else {
            continue;
        };
        let row = rows.entry(at).or_default();
        match field {
            "a" => row.name.clone_from(value),
            "v" => row.values.clone_from(value),
            _ => row.read_as = ReadAs::parse(value).unwrap_or_default(),
        }
    }
    rows.into_values().filter(|row| !row.is_blank()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Asked {
        Asked::read(&pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>())
    }

    #[test]
    fn an_address_says_everything_once_and_nothing_more() {
        let asked = read(&[
            ("flag", "b"),
            ("flag", "a"),
            ("q", ""),
            ("env", "production"),
            ("a0", "plan"),
            ("t0", "text"),
            ("v0", "pro\r\nfree"),
            ("a1", ""),
            ("t1", "text"),
            ("v1", ""),
            ("a2", "age"),
            ("t2", "number"),
            ("v2", "20"),
            ("at", " "),
            ("done", "7"),
            ("page", "1"),
        ]);
        let href = "?flag=b&flag=a&env=production&a0=plan&v0=pro%0D%0Afree&a1=age&t1=number&v1=20";
        assert_eq!(asked.query(None).href(), href);
        assert_eq!(Asked::read(&asked.query(None).0), Asked { at: String::new(), ..asked.clone() });
        assert_eq!(asked.query(Some("pro")).href(), "?flag=b&flag=a&env=production&persona=pro");
        let json = read(&[("as", "json"), ("context", "{}"), ("several", "on"), ("page", "3")]);
        assert_eq!(json.query(None).href(), "?as=json&context=%7B%7D&several=on&page=3");
    }

    #[test]
    fn another_persona_is_noticed() {
        for (pairs, wanted) in [
            (&[("persona", "pro")][..], true),
            (&[("persona", "pro"), ("was", "pro"), ("a0", "x"), ("v0", "1")], false),
            (&[("persona", "pro"), ("was", "free")], true),
            (&[("persona", "pro"), ("was", "pro"), ("do", "fill")], true),
            (&[("persona", ""), ("was", "pro")], false),
        ] {
            assert_eq!(read(pairs).wants_persona(), wanted, "{pairs:?}");
        }
    }

    #[test]
    fn names_that_only_look_like_rows_are_none() {
        assert_eq!(read(&[("a", "x"), ("at", "y"), ("a99999999999", "z"), ("é0", "1"), ("v-1", "2")]).context.rows, []);
    }
}
