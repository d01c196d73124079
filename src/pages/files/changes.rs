//! What an import would change, and the button that does it.

use super::APPLY;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::count::counted;
use crate::domain::diff::DiffRow;
use crate::domain::environment::Environment;
use crate::domain::key::EnvironmentKey;
use crate::domain::time::Timestamp;
use crate::pages::asks;
use crate::server::services::flag_file::Finding;
use crate::server::services::import::{ObjectChange, Prepared};

/// More objects, rows of one object, warnings and characters of a value than these are counted.
const MOST_OBJECTS: usize = 200;
const MOST_ROWS: usize = 40;
const MOST_WARNINGS: usize = 50;
const LONGEST: usize = 300;
/// So few are shown open.
const OPEN: usize = 10;

pub struct Comparison {
    pub prepared: Prepared,
    pub environments: Vec<Environment>,
    /// The file, to be sent again.
    pub content: String,
    /// When it was compared.
    pub at: Timestamp,
    /// Where *Cancel* leads.
    pub back: String,
    /// Whom a review may be asked of, where one is due.
    pub reviewers: Vec<Choice>,
}

pub fn view(comparison: Comparison) -> Html {
    let Comparison { prepared, environments, content, at, back, reviewers } = comparison;
    let crumbs = vec![Crumb::new("Import and export", back.clone())];
    let lead = counts(&prepared);
    let warnings = (!prepared.warnings.is_empty()).then(|| warnings(&prepared.warnings));
    let form = match prepared.is_nothing() {
        true => view! { <p class="bar"><LinkButton href=back>"Back"</LinkButton></p> },
        false => apply(&prepared, content, at, back, reviewers),
    };
    let is_open = prepared.changes.len() <= OPEN;
    let more = prepared.changes.len().saturating_sub(MOST_OBJECTS);
    let more = (more > 0).then(|| view! { <p class="sub">{format!("… and {} more", number(more))}</p> });
    let rows: Vec<_> =
        prepared.changes.into_iter().take(MOST_OBJECTS).map(|change| object(change, &environments, is_open)).collect();
    let list = (!rows.is_empty()).then(|| view! { <Changes label="What would change">{rows}</Changes> });
    view! {
        <PageHeading title="What the import changes" crumbs=crumbs lead=lead />
        <div class="stack">
            {warnings}
            {form}
            {list}
            {more}
        </div>
    }
}

fn number(count: usize) -> String {
    counted(u64::try_from(count).unwrap_or(u64::MAX))
}

fn named(count: usize, noun: &str) -> String {
    format!("{} {noun}{}", number(count), if count == 1 { "" } else { "s" })
}

/// `2 new flags, 1 flag changed, 1 setting changed; 4 flags stay as they are. Nothing has happened yet.`
fn counts(prepared: &Prepared) -> String {
    let of = |is_flag: bool, is_new: bool| {
        prepared.changes.iter().filter(|change| (change.noun == "flag") == is_flag && change.is_new == is_new).count()
    };
    let told = [
        (of(true, true), "new flag", ""),
        (of(true, false), "flag", " changed"),
        (of(false, true), "new setting", ""),
        (of(false, false), "setting", " changed"),
    ];
    let told =
        told.into_iter().filter(|(count, ..)| *count > 0).map(|(count, noun, verb)| format!("{}{verb}", named(count, noun)));
    let told: Vec<String> = told.collect();
    if told.is_empty() {
        return "Nothing: everything is as the file says.".to_owned();
    }
    let same = match prepared.same {
        0 => String::new(),
        1 => "; 1 flag stays as it is".to_owned(),
        same => format!("; {} stay as they are", named(same, "flag")),
    };
    format!("{}{same}. Nothing has happened yet.", told.join(", "))
}

fn warnings(warnings: &[Finding]) -> Html {
    let title = named(warnings.len(), "warning");
    let more = warnings.len().saturating_sub(MOST_WARNINGS);
    let more = (more > 0).then(|| view! { <li>{format!("… and {} more", number(more))}</li> });
    let items: Vec<_> = warnings
        .iter()
        .take(MOST_WARNINGS)
        .map(|finding| {
            let (place, path, message) = (format!("Line {}", finding.at.line), finding.path.clone(), finding.message.clone());
            view! { <li>{place}", "<code>{path}</code>": "{message}</li> }
        })
        .collect();
    view! { <Banner tone=Tone::Warn title=title><ul>{items}{more}</ul></Banner> }
}

fn apply(prepared: &Prepared, content: String, at: Timestamp, back: String, reviewers: Vec<Choice>) -> Html {
    let wanted = prepared.asks();
    let compared = prepared.fingerprint();
    let label = if wanted.review.is_some() { "Request review" } else { "Apply changes" };
    let environment = prepared.environment.as_ref().map(ToString::to_string).unwrap_or_default();
    let cancel = view! { <LinkButton href=back kind=ButtonKind::Quiet>"Cancel"</LinkButton> };
    view! {
        <Card id="apply-it" title="Apply" note="all of it or nothing">
            <Form id=APPLY submit=label actions=cancel multipart=true>
                <HiddenText name="content" value=content />
                <input type="hidden" name="environment" value=environment />
                <input type="hidden" name="at" value=at.to_string() />
                <input type="hidden" name="compared" value=compared />
                // Made in the form, where they find what was typed.
                {asks::inputs(&wanted, "Import of a flag file", reviewers)}
            </Form>
        </Card>
    }
}

/// One object, to be opened.
fn object(mut change: ObjectChange, environments: &[Environment], is_open: bool) -> Html {
    let (title, badge) = (change.title(), if change.is_new { ("new", Tone::Ok) } else { ("changed", Tone::Info) });
    let colour = |key: &EnvironmentKey| environments.iter().find(|one| &one.key == key).map(|one| one.colour);
    let label = format!("What changes in {title}");
    if change.is_new {
        change.definition.retain(says_something);
    }
    let definition = (!change.definition.is_empty()).then(|| rows(change.definition, label));
    let states: Vec<_> = change
        .states
        .into_iter()
        .map(|(key, changed)| {
            let badge = match colour(&key) {
                Some(colour) => view! { <EnvironmentBadge colour=colour name=key.to_string() /> },
                None => view! { <Badge text=key.to_string() /> },
            };
            let label = format!("What changes in {title} in {key}");
            view! { <p class="meta">{badge}</p>{rows(changed, label)} }
        })
        .collect();
    view! {
        <li class="change">
            <details open=is_open>
                <summary><span class="sentence"><code>{title}</code></span>" "<Badge tone=badge.1 text=badge.0 /></summary>
                {definition}
                {states}
            </details>
        </li>
    }
}

fn rows(rows: Vec<DiffRow>, label: String) -> Html {
    let more = rows.len().saturating_sub(MOST_ROWS);
    let more = (more > 0).then(|| view! { <p class="meta">{format!("… and {} more", number(more))}</p> });
    let rows = rows.into_iter().take(MOST_ROWS).map(shortened).collect();
    view! { <Diff rows=rows label=label />{more} }
}

/// Of what is new: neither the key, which stands above, nor a field that holds nothing.
fn says_something(row: &DiffRow) -> bool {
    let nothing = ["nothing", "an empty text", "an empty list", "false"];
    row.path != "key" && row.after.as_deref().is_some_and(|after| !nothing.contains(&after))
}

/// A list of ten thousand users would bury everything else.
fn shortened(row: DiffRow) -> DiffRow {
    let cut = |text: String| match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    };
    DiffRow { before: row.before.map(cut), after: row.after.map(cut), ..row }
}
