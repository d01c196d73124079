//! What both sides changed: yours, theirs and what both began from, side by side, to choose from.

use super::{SETTLE, Shown};
use crate::components::*;
use crate::domain::diff::{DiffKind, DiffRow, said};
use crate::domain::merge::{Choices, Clash, Side};
use crate::pages::fields::Fields;
use leptos::prelude::*;

/// The field that holds a choice: `choice[rules[r2].serve]`.
fn field(path: &str) -> String {
    format!("choice[{path}]")
}

/// What was chosen, by path.
pub fn choices(fields: &Fields) -> Choices {
    let chosen = fields.0.iter().filter_map(|(name, value)| {
        let path = name.strip_prefix("choice[")?.strip_suffix(']')?;
        Some((path.to_owned(), Side::parse(value)?))
    });
    chosen.collect()
}

pub fn card(shown: &Shown, clashes: &[Clash]) -> impl IntoView + use<> {
    let version = shown.listed.stored.version;
    let rows: Vec<_> = clashes.iter().map(row).collect();
    let head = view! {
        <Column label="Part" /> <Column label="As it was" /> <Column label="Theirs, live now" /> <Column label="Yours" />
    }
    .into_any();
    view! {
        <Card id="clashes" title="Both of you changed these" note="choose one of each; everything else fits together">
            <form method="post" class="form">
                <input type="hidden" name="_form" value=SETTLE />
                <input type="hidden" name="draft_version" value=version />
                <Table caption="What both of you changed" head=head>{rows}</Table>
                <p><Button kind=ButtonKind::Primary>"Update my draft"</Button></p>
            </form>
        </Card>
    }
}

fn row(clash: &Clash) -> impl IntoView + use<> {
    let path = DiffRow { path: clash.said.clone(), kind: DiffKind::Changed, before: None, after: None }.label();
    let name = field(&clash.path);
    let told = |value| said(&clash.said, value);
    let choice = |value: &'static str, label: &'static str, side: Side, text: String| {
        let (name, checked) = (name.clone(), clash.choice == Some(side));
        let words = format!("{label} for {path}");
        view! {
            <label class="pick">
                <input type="radio" name=name value=value checked=checked required=true aria-label=words />
                <span>{text}</span>
            </label>
        }
    };
    let theirs = choice("theirs", "Take theirs", Side::Theirs, told(&clash.theirs));
    let yours = choice("yours", "Take yours", Side::Yours, told(&clash.yours));
    let base = told(&clash.base);
    view! {
        <Row>
            <RowHead>{path.clone()}</RowHead>
            <Cell label="As it was" full=true><span class="sub">{base}</span></Cell>
            <Cell label="Theirs, live now" full=true>{theirs}</Cell>
            <Cell label="Yours" full=true>{yours}</Cell>
        </Row>
    }
}
