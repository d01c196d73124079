//! What both sides changed: yours, theirs and what both began from, side by side, to choose from.

use super::{SETTLE, Shown};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::diff::{DiffKind, DiffRow, said};
use crate::domain::merge::{Choices, Clash, Side};
use crate::pages::fields::Fields;

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

/// What the sides are called: the heads of their columns, and what taking one is.
#[derive(Debug, Clone, Copy)]
pub struct Names {
    pub base: &'static str,
    pub theirs: &'static str,
    pub yours: &'static str,
    pub take_theirs: &'static str,
    pub take_yours: &'static str,
}

const OF_A_DRAFT: Names = Names {
    base: "As it was",
    theirs: "Theirs, live now",
    yours: "Yours",
    take_theirs: "Take theirs for",
    take_yours: "Take yours for",
};

pub fn card(shown: &Shown, clashes: &[Clash]) -> Html {
    let version = shown.listed.stored.version;
    let (table, live) = (table(clashes, OF_A_DRAFT), shown.live.served.state_version);
    view! {
        <Card id="clashes" title="Both of you changed these" note="choose one of each; everything else fits together">
            <form method="post" class="form">
                <input type="hidden" name="_form" value=SETTLE />
                <input type="hidden" name="draft_version" value=version />
                <input type="hidden" name="live_version" value=live />
                {table}
                <p><Button kind=ButtonKind::Primary>"Update my draft"</Button></p>
            </form>
        </Card>
    }
}

/// The sides of every clash, one of each to be chosen.
pub fn table(clashes: &[Clash], names: Names) -> Html {
    let rows: Vec<_> = clashes.iter().map(|clash| row(clash, names)).collect();
    let head = view! {
        <Column label="Part" /> <Column label=names.base /> <Column label=names.theirs /> <Column label=names.yours />
    };
    view! { <Table caption="What both sides changed" head=head>{rows}</Table> }
}

fn row(clash: &Clash, names: Names) -> Html {
    let path = DiffRow { path: clash.said.clone(), kind: DiffKind::Changed, before: None, after: None }.label();
    let name = field(&clash.path);
    let told = |value| said(&clash.said, value);
    let choice = |value: &'static str, label: &'static str, side: Side, text: String| {
        let (name, checked) = (name.clone(), clash.choice == Some(side));
        let words = format!("{label} {path}");
        view! {
            <label class="pick">
                <input type="radio" name=name value=value checked=checked required=true aria-label=words />
                <span>{text}</span>
            </label>
        }
    };
    let theirs = choice("theirs", names.take_theirs, Side::Theirs, told(&clash.theirs));
    let yours = choice("yours", names.take_yours, Side::Yours, told(&clash.yours));
    let base = told(&clash.base);
    view! {
        <Row>
            <RowHead>{path.clone()}</RowHead>
            <Cell label=names.base full=true><span class="sub">{base}</span></Cell>
            <Cell label=names.theirs full=true>{theirs}</Cell>
            <Cell label=names.yours full=true>{yours}</Cell>
        </Row>
    }
}
