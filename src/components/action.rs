//! What can be pressed: buttons, links that look like one, and controls that somebody may see but not use.

use super::icon::{Glyph, Icon};
use crate::components::prelude::*;

/// How much a control asks for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonKind {
    #[default]
    Plain,
    /// The one thing to do next; at most one a form.
    Primary,
    /// Without a border: the lesser things, in rows and headers.
    Quiet,
    /// Takes something away.
    Danger,
}

impl ButtonKind {
    const fn class(self) -> &'static str {
        match self {
            Self::Plain => "btn",
            Self::Primary => "btn primary",
            Self::Quiet => "btn quiet",
            Self::Danger => "btn danger",
        }
    }
}

/// A button; in a form it sends it, with `name` and `value` beside the fields.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] icon: Option<Glyph>,
    /// Sends the form. A button that does nothing by itself is for an island to take over.
    #[prop(default = true)]
    submit: bool,
    #[prop(optional, into)] name: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    /// The id of the form it belongs to, when it stands outside of it.
    #[prop(optional, into)]
    form: Option<String>,
    /// Where an address may lead, to have the focus: `rule-r1-up`.
    #[prop(optional, into)]
    id: Option<String>,
    /// The name that is read out where the text alone says too little: `Move rule 2 up`.
    #[prop(optional, into)]
    label: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> Html {
    let class = if children.is_none() { format!("{} square", kind.class()) } else { kind.class().to_owned() };
    let icon = icon.map(|name| view! { <Icon name=name /> });
    let text = children.map(|children| children.draw());
    let title = text.is_none().then(|| label.clone()).flatten();
    view! {
        <button
            type=if submit { "submit" } else { "button" } class=class id=id name=name value=value form=form aria-label=label title=title
        >
            {icon} {text}
        </button>
    }
}

/// A link that looks like a button: it goes somewhere and changes nothing.
#[component]
pub fn LinkButton(
    #[prop(into)] href: String,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] icon: Option<Glyph>,
    #[prop(optional, into)] label: Option<String>,
    /// Where an address may lead, to have the focus.
    #[prop(optional, into)]
    id: Option<String>,
    children: Children,
) -> Html {
    let icon = icon.map(|name| view! { <Icon name=name /> });
    view! { <a class=kind.class() href=href id=id aria-label=label>{icon} {children.draw()}</a> }
}

/// A control that this person cannot use, with the reason for all to read: `Needs the editor role. Ask Ada.`
#[component]
pub fn DisabledAction(
    #[prop(into)] reason: String,
    #[prop(optional)] icon: Option<Glyph>,
    /// The reason is only read out and shown as a tip: where the page says it once for many controls.
    #[prop(optional)]
    brief: bool,
    children: Children,
) -> Html {
    let visible = (!brief).then(|| view! { <span class="sub" aria-hidden="true">{reason.clone()}</span> });
    let tip = brief.then(|| reason.clone());
    view! {
        <span class="disabled-action">
            <button type="button" class="btn" aria-disabled="true" title=tip>
                <Icon name=icon.unwrap_or(Glyph::Lock) />
                {children.draw()}
                <span class="vh">{format!(". Not available: {reason}")}</span>
            </button>
            {visible}
        </span>
    }
}
