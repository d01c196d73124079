//! A rule's place in the list, beyond a step up or down: any place, by a menu or by a drag that a script adds.

use super::change::RULE;
use super::focus;
use crate::components::prelude::*;
use crate::components::*;

/// What is held to drag a rule; the menu says the same without a hand. Shown by the script that listens to it.
pub fn handle(at: usize) -> Html {
    view! { <span class="handle" data-drag=at.to_string() hidden=true aria-hidden="true" title="Drag to another place"><Icon name=Glyph::Updown /></span> }
}

/// Any place, for lists where one step is little.
pub fn place(id: &str, seen: Html, at: usize, count: usize) -> Option<Html> {
    let places = (0..count).map(|place| {
        let words = match place {
            0 => "1, the top".to_owned(),
            place if place + 1 == count => format!("{count}, the end"),
            place => (place + 1).to_string(),
        };
        view! { <option value=place.to_string() selected=place == at>{words}</option> }
    });
    let (places, label, id, number) = (places.collect::<Vec<_>>(), format!("place-of-{at}"), id.to_owned(), at + 1);
    (count > 1).then(|| {
        view! {
            <details class="disclosure place">
                <summary class="btn quiet" id=focus::of_rule(&id, "place")>"Move to…"<span class="vh">{format!(" of rule {number}")}</span></summary>
                <form method="post" class="bar inside" data-place=at.to_string()>
                    <input type="hidden" name="_form" value=RULE />
                    {seen}
                    <input type="hidden" name="rule" value=id />
                    <label for=label.clone()>{format!("Place of rule {number}")}</label>
                    <select class="input" id=label name="place">{places}</select>
                    <Button name="do" value="place">"Move"</Button>
                </form>
            </details>
        }
    })
}
