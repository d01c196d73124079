//! Markup that is drawn where it is written.
//!
//! Leptos gives every piece of markup a type that spells out all that it is made of, so that a browser can change it later.
//! Over a page these types grow until compiling them takes most of a build. A page of ours is drawn once, on the server, and
//! what changes in the browser is an island: so each piece becomes its text at once, and all pieces have one type.

use leptos::children::{ChildrenOptContainer, ToChildren};
use leptos::tachys::html::InertElement;
use leptos::tachys::view::RenderHtml;

/// A piece of a page: its HTML.
pub type Html = InertElement;

/// What can be a piece of a page: a text, a number, several pieces or none, and what Leptos's own `view!` makes.
pub trait Draw {
    fn draw(self) -> Html;
}

impl<P: RenderHtml> Draw for P {
    fn draw(self) -> Html {
        Html::new(self.to_html())
    }
}

/// What stands between a component's tags. Drawn where the component puts it, and in the component's context.
pub struct Children(Box<dyn FnOnce() -> Html + Send>);

impl Children {
    pub fn draw(self) -> Html {
        (self.0)()
    }
}

impl<F, P> ToChildren<F> for Children
where
    F: FnOnce() -> P + Send + 'static,
    P: RenderHtml,
{
    fn to_children(write: F) -> Self {
        Self(Box::new(move || write().draw()))
    }
}

/// Where a single value stands there, `view!` hands it over by itself.
impl<P: RenderHtml + Send + 'static> ToChildren<ChildrenOptContainer<P>> for Children {
    fn to_children(piece: ChildrenOptContainer<P>) -> Self {
        Self(Box::new(move || piece.0.draw()))
    }
}

macro_rules! view {
    ($($markup:tt)*) => {
        $crate::components::markup::Draw::draw(::leptos::view! { $($markup)* })
    };
}

pub(crate) use view;

#[cfg(test)]
mod tests {
    use crate::components::prelude::*;

    #[component]
    fn Boxed(children: Children) -> Html {
        provide_context(7_u8);
        view! { <div>{children.draw()}</div> }
    }

    #[component]
    fn Seen() -> Html {
        view! { <i>{use_context::<u8>()}</i> }
    }

    #[test]
    fn a_text_is_escaped_once_however_deep_it_stands() {
        let text = || "<b> & \"c\"".to_owned();
        let drawn = "&lt;b&gt; &amp; \"c\"";
        assert_eq!(text().draw().to_html(), drawn);
        assert_eq!(view! { <p>{view! { <em>{text().draw()}</em> }}</p> }.to_html(), format!("<p><em>{drawn}</em></p>"));
        assert_eq!(view! { <Boxed>{text()}</Boxed> }.to_html(), format!("<div>{drawn}</div>"));
    }

    #[test]
    fn children_are_drawn_in_the_context_of_their_component() {
        let html = Owner::new().with(|| view! { <Boxed><Seen /></Boxed> }.to_html());
        assert_eq!(html, "<div><i>7</i></div>");
    }
}
