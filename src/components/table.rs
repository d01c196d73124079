//! Tables that scroll by keyboard where they are too wide, and become cards where the page is narrow.
//!
//! The roles are written out because a table that is laid out as cards loses its own in some browsers.

use super::query::Query;
use crate::components::prelude::*;

/// A table in its scrolling region. `head` is the cells of the header row: [`Column`] and [`SortColumn`].
#[component]
pub fn Table(
    /// What it lists; read out, and the name of the region.
    #[prop(into)]
    caption: String,
    head: Html,
    /// A few narrow columns: it stays a table where there is little room.
    #[prop(optional)]
    few: bool,
    /// [`Row`]s.
    children: Children,
) -> Html {
    view! {
        <div class=if few { "tbl few" } else { "tbl" } role="region" tabindex="0" aria-label=caption.clone()>
            <table role="table">
                <caption class="vh">{caption.clone()}</caption>
                <thead role="rowgroup"><tr role="row">{head}</tr></thead>
                <tbody role="rowgroup">{children.draw()}</tbody>
            </table>
        </div>
    }
}

/// A header cell. Its children stand instead of the label where that is not enough, such as an environment's badge.
#[component]
pub fn Column(
    #[prop(into)] label: String,
    /// Numbers: aligned at the end.
    #[prop(optional)]
    numeric: bool,
    /// The label is only read out.
    #[prop(optional)]
    silent: bool,
    #[prop(optional)] children: Option<Children>,
) -> Html {
    let content = match children {
        Some(children) => children.draw(),
        None if silent => view! { <span class="vh">{label}</span> },
        None => label.draw(),
    };
    view! { <th role="columnheader" scope="col" class=numeric.then_some("num")>{content}</th> }
}

/// A header cell that sorts: `?sort=seen`, and `?sort=-seen` for the other way round.
#[component]
pub fn SortColumn(
    #[prop(into)] label: String,
    /// The name in the address.
    by: &'static str,
    query: Query,
    /// What the page sorts by when the address says nothing.
    #[prop(default = "")]
    default: &'static str,
    /// The first click sorts from the largest down.
    #[prop(optional)]
    descending: bool,
    #[prop(optional)] numeric: bool,
) -> Html {
    let sorted = query.get("sort").unwrap_or(default).to_owned();
    let order = match sorted.strip_prefix('-') {
        Some(column) if column == by => Some("descending"),
        None if sorted == by => Some("ascending"),
        _ => None,
    };
    let down = order.map_or(descending, |order| order == "ascending");
    let next = if down { format!("-{by}") } else { by.to_owned() };
    let mark = match order {
        Some("ascending") => " ▲",
        Some(_) => " ▼",
        None => "",
    };
    let href = query.with("sort", &next).without("page").href();
    view! {
        <th role="columnheader" scope="col" aria-sort=order.unwrap_or("none") class=numeric.then_some("num")>
            <a href=href>{label}<span class="mark" aria-hidden="true">{mark}</span></a>
        </th>
    }
}

/// A row of [`RowHead`] and [`Cell`]s.
#[component]
pub fn Row(
    /// Something one may look away from, such as an archived flag.
    #[prop(optional)]
    faded: bool,
    children: Children,
) -> Html {
    view! { <tr role="row" class=faded.then_some("faded")>{children.draw()}</tr> }
}

/// The cell that names the row; the title of its card.
#[component]
pub fn RowHead(children: Children) -> Html {
    view! { <th role="rowheader" scope="row">{children.draw()}</th> }
}

/// A cell; `label` stands before it in a card.
#[component]
pub fn Cell(
    #[prop(into)] label: String,
    #[prop(optional)] numeric: bool,
    /// One line, however narrow the table gets.
    #[prop(optional)]
    nowrap: bool,
    /// A line of its own in a card.
    #[prop(optional)]
    full: bool,
    children: Children,
) -> Html {
    let marks = [(numeric, "num"), (nowrap, "nowrap"), (full, "full")];
    let class = marks.iter().filter(|mark| mark.0).map(|mark| mark.1).collect::<Vec<_>>().join(" ");
    view! { <td role="cell" data-label=label class=class><div class="cell">{children.draw()}</div></td> }
}
