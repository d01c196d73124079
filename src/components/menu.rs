//! A menu that opens over the page. The browser opens and closes it (`popovertarget`); it needs no script.

use crate::components::prelude::*;

#[component]
pub fn Menu(
    /// Unique on its page.
    #[prop(into)]
    id: String,
    /// What the menu is called when read out; the button is called by what it shows.
    #[prop(into)]
    label: String,
    /// Where it opens: a class of `menu.css`.
    #[prop(into)]
    place: String,
    /// What the button shows.
    button: Html,
    children: Children,
) -> Html {
    view! {
        <button type="button" class="menu-button" popovertarget=id.clone()>{button}</button>
        <div popover="auto" id=id class=format!("popover {place}") role="group" aria-label=label>{children.draw()}</div>
    }
}
