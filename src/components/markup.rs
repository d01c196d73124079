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
