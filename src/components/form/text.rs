//! Fields that take text.

use super::Bound;
use crate::components::prelude::*;

/// One line of text. For numbers take `inputmode="decimal"` and no `kind`: a browser forgets what is no number.
#[component]
pub fn Field(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    /// What it holds before anybody typed; a refused attempt's text comes first.
    #[prop(optional, into)]
    value: String,
    /// The input's type: `email`, `password`, `date`, `search`; `text` unless said. A password is never sent back.
    #[prop(default = "text")]
    kind: &'static str,
    #[prop(optional)] required: bool,
    /// Monospace: keys, identifiers, code.
    #[prop(optional)]
    mono: bool,
    /// As wide as about this many characters; the form's width unless said. One of 6, 10, 16, 24, 36.
    #[prop(optional)]
    width: Option<u8>,
    /// The label is only read out: for rows of fields under one heading.
    #[prop(optional)]
    compact: bool,
    #[prop(optional)] autofocus: bool,
    /// What a browser may fill in; `current-password` for a password unless said.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    #[prop(optional)] inputmode: Option<&'static str>,
    #[prop(optional, into)] placeholder: Option<String>,
    /// A unit after the input, such as `%`.
    #[prop(optional, into)]
    unit: Option<String>,
    /// Offered while typing; anything else may be typed as well.
    #[prop(optional)]
    suggestions: Vec<String>,
    /// It takes the key of a new flag of this project: a script may ask meanwhile whether it can be had.
    #[prop(optional, into)]
    key_check: Option<String>,
    /// It takes a moment: a script offers to write it in the viewer's own zone.
    #[prop(optional)]
    moment: bool,
) -> Html {
    let bound = Bound::new(name, value, hint, required, autofocus);
    let value = (kind != "password").then(|| bound.value.clone());
    let list = (!suggestions.is_empty()).then(|| format!("{}-list", bound.id));
    let options: Vec<_> = suggestions.into_iter().map(|text| view! { <option value=text></option> }).collect();
    let datalist = list.clone().map(|id| view! { <datalist id=id>{options}</datalist> });
    let class = format!("input{}{}", if mono { " mono" } else { "" }, width.map_or(String::new(), |w| format!(" w-{w}")));
    let unit = unit.map(|text| view! { <span class="unit" aria-hidden="true">{text}</span> });
    // Password managers look for it, and browsers complain without it.
    let autocomplete = autocomplete.or((kind == "password").then_some("current-password"));
    // What is typed as a key or an address is no prose.
    let plain = mono || kind == "email";
    view! {
        <div class=bound.class(compact)>
            {bound.label(label, compact)}
            {bound.notes()}
            <span class="control">
                <input
                    class=class type=kind id=bound.id.clone() name=bound.name.clone() value=value required=required
                    aria-invalid=bound.invalid() aria-describedby=bound.described_by() autofocus=bound.autofocus
                    autocomplete=autocomplete inputmode=inputmode placeholder=placeholder list=list data-key-check=key_check
                    data-moment=moment.then_some("")
                    spellcheck=plain.then_some("false") autocapitalize=plain.then_some("none")
                />
                {unit}
            </span>
            {datalist}
        </div>
    }
}

/// Several lines of text. The only `<textarea>` there is: Leptos writes the children of this element unescaped, so it is
/// done here.
#[component]
pub fn TextArea(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] value: String,
    #[prop(default = 3)] rows: u16,
    #[prop(optional)] required: bool,
    #[prop(optional)] mono: bool,
    #[prop(optional)] compact: bool,
    #[prop(optional)] autofocus: bool,
    #[prop(optional, into)] placeholder: Option<String>,
    /// A list, a line each: a script may show it as chips.
    #[prop(optional)]
    chips: bool,
) -> Html {
    let bound = Bound::new(name, value, hint, required, autofocus);
    let plain = mono.then_some("false");
    view! {
        <div class=bound.class(compact)>
            {bound.label(label, compact)}
            {bound.notes()}
            <textarea
                class=if mono { "input mono" } else { "input" } id=bound.id.clone() name=bound.name.clone() rows=rows.to_string()
                required=required aria-invalid=bound.invalid() aria-describedby=bound.described_by()
                autofocus=bound.autofocus placeholder=placeholder spellcheck=plain data-chips=chips.then_some("")
                inner_html=escaped(&bound.value)
            ></textarea>
        </div>
    }
}

/// The text as a textarea's content. A parser drops one line feed after the tag, so one is given to it.
fn escaped(text: &str) -> String {
    format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}

/// Goes with the form unseen: a version, an id.
#[component]
pub fn Hidden(#[prop(into)] name: String, #[prop(into)] value: String) -> Html {
    // What was sent comes back: a form that failed still stands on the version it was begun on.
    let scope = super::Scope::current();
    let sent = scope.attempt.as_deref().and_then(|attempt| attempt.value(&name)).map(str::to_owned);
    view! { <input type="hidden" name=name value=sent.unwrap_or(value) /> }
}

/// A long text that goes with the form unseen, whatever lines it has.
#[component]
pub fn HiddenText(#[prop(into)] name: String, #[prop(into)] value: String) -> Html {
    view! { <textarea name=name hidden=true readonly=true inner_html=escaped(&value)></textarea> }
}

/// A file to send along, in a form with `multipart`. What was chosen never comes back: browsers keep that to themselves.
#[component]
pub fn FileField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    /// Which files to offer first: `.yaml,.json`.
    #[prop(into)]
    accept: String,
) -> Html {
    let bound = Bound::new(name, String::new(), hint, false, false);
    view! {
        <div class=bound.class(false)>
            {bound.label(label, false)}
            {bound.notes()}
            <input
                class="file" type="file" id=bound.id.clone() name=bound.name.clone() accept=accept
                aria-invalid=bound.invalid() aria-describedby=bound.described_by()
            />
        </div>
    }
}
