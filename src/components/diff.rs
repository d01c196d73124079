//! What changed, field by field.

use crate::components::prelude::*;
use crate::domain::count::counted;
use crate::domain::diff::{DiffKind, DiffRow};

/// Rows of [`crate::domain::diff::diff`]. Says so when there are none.
#[component]
pub fn Diff(
    rows: Vec<DiffRow>,
    /// What is compared: `Draft against live`.
    #[prop(into)]
    label: String,
) -> Html {
    if rows.is_empty() {
        return view! { <p class="sub">"Nothing changed."</p> };
    }
    let more = rows.len().saturating_sub(MOST_ROWS);
    let more = (more > 0)
        .then(|| view! { <li class="more"><span class="path">{format!("… and {} more", counted(more as u64))}</span></li> });
    let rows: Vec<_> = rows.into_iter().take(MOST_ROWS).map(row).collect();
    view! { <ul class="diff" aria-label=label>{rows}{more}</ul> }
}

/// Lists of thousands of users would bury everything else.
const MOST_ROWS: usize = 40;
const LONGEST_VALUE: usize = 400;

fn shortened(text: String) -> String {
    match text.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}… and {} more characters", &text[..end], counted(text[end..].chars().count() as u64)),
        None => text,
    }
}

fn row(row: DiffRow) -> Html {
    let path = row.label();
    let body = match row.kind {
        DiffKind::Moved => {
            let (from, to) = (row.before.unwrap_or_default(), row.after.unwrap_or_default());
            view! { <span class="moved">{format!("moved from {from} to {to}")}</span> }
        }
        _ => {
            let del = row.before.map(|text| view! { <del><span class="vh">"was "</span>{shortened(text)}</del>" " });
            let ins = row.after.map(|text| view! { <ins><span class="vh">"now "</span>{shortened(text)}</ins> });
            view! { {del} {ins} }
        }
    };
    let verb = match row.kind {
        DiffKind::Added => "added",
        DiffKind::Removed => "removed",
        DiffKind::Changed => "changed",
        DiffKind::Moved => "moved",
    };
    view! { <li class=verb><span class="path">{path}</span><span class="vh">{format!(" {verb}: ")}</span><span class="values">{body}</span></li> }
}
