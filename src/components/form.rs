//! Forms that work without JavaScript: they post to their page's own address, and a refused post renders the same page
//! again with an [`Attempt`] in the context. The fields find what was typed, and what was wrong with it, in there.

mod ask;
mod choice;
mod summary;
mod text;

pub use ask::*;
pub use choice::*;
pub use text::*;

use super::action::{Button, ButtonKind};
use super::icon::{Glyph, Icon};
use crate::components::prelude::*;
use crate::domain::flag::Problem;
use leptos::context::Provider;
use std::sync::{Arc, Mutex, PoisonError};
use summary::Summary;

/// A post whose form is shown again: what was sent, and what was wrong with it. Provided as context for the page's next render.
#[derive(Debug, Clone, Default)]
pub struct Attempt {
    /// The id of the form that was sent, from its hidden `_form` field.
    pub form: String,
    /// Every field as it came, in order.
    pub values: Vec<(String, String)>,
    /// Field by field; a path such as `variants[1].value` is the name of an input.
    pub problems: Vec<Problem>,
    /// What was wrong with the whole, such as a conflict.
    pub message: Option<String>,
    /// The HTTP status of the refusal, where another one says it better than 422.
    pub status: Option<u16>,
    /// After how many seconds trying again may help.
    pub retry_after: Option<u64>,
}

impl Attempt {
    /// The attempt at the form called `form`, when there was one.
    pub fn of(form: &str) -> Option<Self> {
        use_context::<Self>().filter(|attempt| attempt.form == form)
    }
    /// Whether something was wrong. A form that only grows by a row is drawn again without any refusal.
    pub fn is_refusal(&self) -> bool {
        !self.problems.is_empty() || self.message.is_some()
    }
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
    /// All that was said about one field, as one text.
    pub fn problem(&self, field: &str) -> Option<String> {
        let found: Vec<&str> = self.problems.iter().filter(|p| p.field == field).map(|p| p.message.as_str()).collect();
        (!found.is_empty()).then(|| found.join(" "))
    }
}

/// The id of the input called `name` in the form called `form`; only letters, digits, `_` and `-`.
pub fn field_id(form: &str, name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let name: String = name.chars().map(plain).collect();
    let name = name.trim_matches('-').replace("--", "-");
    if form.is_empty() { name } else { format!("{form}-{name}") }
}

/// What fields know of the form around them. Fields outside of any form find the default.
#[derive(Clone, Default)]
pub(super) struct Scope {
    form: String,
    attempt: Option<Arc<Attempt>>,
    /// Whether fields that may stay empty say so.
    marks_optional: bool,
    /// The names of the fields there are, so that the summary links to no other.
    fields: Arc<Mutex<Vec<String>>>,
}

impl Scope {
    fn current() -> Self {
        use_context().unwrap_or_default()
    }
    fn register(&self, name: &str) {
        self.fields.lock().unwrap_or_else(PoisonError::into_inner).push(name.to_owned());
    }
    fn registered(&self) -> Vec<String> {
        self.fields.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// One field's place in its form: where it is, what it holds and what is wrong with it.
pub(super) struct Bound {
    id: String,
    name: String,
    value: String,
    problem: Option<String>,
    hint: Option<String>,
    optional: bool,
    autofocus: bool,
}

impl Bound {
    fn new(name: String, default: String, hint: Option<String>, required: bool, autofocus: bool) -> Self {
        let scope = Scope::current();
        scope.register(&name);
        let attempt = scope.attempt.as_deref();
        Self {
            id: field_id(&scope.form, &name),
            value: attempt.and_then(|a| a.value(&name)).map_or(default, str::to_owned),
            problem: attempt.and_then(|a| a.problem(&name)),
            hint,
            optional: scope.marks_optional && !required,
            // After a refusal the summary takes the focus.
            autofocus: autofocus && !attempt.is_some_and(Attempt::is_refusal),
            name,
        }
    }
    fn described_by(&self) -> Option<String> {
        let hint = self.hint.is_some().then(|| format!("{}-hint", self.id));
        let error = self.problem.is_some().then(|| format!("{}-error", self.id));
        let ids: Vec<String> = hint.into_iter().chain(error).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
    fn invalid(&self) -> Option<&'static str> {
        self.problem.is_some().then_some("true")
    }
    fn class(&self, compact: bool) -> &'static str {
        match (compact, self.problem.is_some()) {
            (false, false) => "field",
            (false, true) => "field bad",
            (true, false) => "field compact",
            (true, true) => "field compact bad",
        }
    }
    fn label(&self, text: String, compact: bool) -> Html {
        self.label_with(text, compact, ())
    }
    /// With something behind the text.
    fn label_with<V: IntoView + 'static>(&self, text: String, compact: bool, more: V) -> Html {
        let optional = (self.optional && !compact).then(|| view! { <span class="opt">" optional"</span> });
        view! { <label for=self.id.clone() class=compact.then_some("vh")>{text}{more}{optional}</label> }
    }
    /// The hint and the problem, for between label and input.
    fn notes(&self) -> Html {
        let hint = self.hint.clone().map(|text| view! { <p class="hint" id=format!("{}-hint", self.id)>{text}</p> });
        let problem = self.problem.clone().map(|text| error_note(format!("{}-error", self.id), text));
        view! { {hint} {problem} }
    }
}

fn error_note(id: String, text: String) -> Html {
    view! { <p class="err" id=id><Icon name=Glyph::Warning /><span><span class="vh">"Error: "</span>{text}</span></p> }
}

/// A form that posts. With a refused [`Attempt`] at this form in the context it comes back filled, with a summary on top
/// that takes the focus and links to the fields.
#[component]
pub fn Form(
    /// Unique on its page; sent as `_form`, and the prefix of its fields' ids.
    #[prop(into)]
    id: String,
    /// Where to; the page's own address unless said.
    #[prop(optional, into)]
    action: Option<String>,
    /// The label of the button that sends it; none is rendered when absent.
    #[prop(optional, into)]
    submit: Option<String>,
    #[prop(default = ButtonKind::Primary)] tone: ButtonKind,
    /// Stands beside the button: a way to cancel, a sentence on what happens.
    #[prop(optional)]
    actions: Option<Html>,
    /// Set where buttons inside the form add and remove rows: the Enter key still means the plain submit.
    #[prop(optional)]
    inner_buttons: bool,
    /// Set where it has a button called `check` that draws it again: a script presses it while somebody types.
    #[prop(optional)]
    live: bool,
    /// Set where a file goes with it, or a text too long to be sent with escapes.
    #[prop(optional)]
    multipart: bool,
    /// Classes besides `form`.
    #[prop(optional, into)]
    class: String,
    children: Children,
) -> Html {
    let attempt = Attempt::of(&id).map(Arc::new);
    let scope = Scope { form: id.clone(), attempt: attempt.clone(), marks_optional: true, ..Scope::default() };
    let fields = scope.clone();
    // The fields come first, so that the summary knows which of them it can link to.
    let body = view! { <Provider value=scope>{children.draw()}</Provider> };
    let summary = attempt
        .filter(|attempt| attempt.is_refusal())
        .map(|attempt| view! { <Summary form=id.clone() attempt=attempt fields=fields.registered() /> });
    let first =
        inner_buttons.then(|| view! { <button type="submit" class="vh" tabindex="-1" aria-hidden="true">"Submit"</button> });
    let submit = submit.map(|label| view! { <Button kind=tone submit=true>{label}</Button> });
    let footer = (submit.is_some() || actions.is_some()).then(|| view! { <div class="form-actions">{submit}{actions}</div> });
    let class = format!("form {class}");
    let enctype = multipart.then_some("multipart/form-data");
    view! {
        <form method="post" action=action enctype=enctype id=id.clone() class=class.trim_end().to_owned() data-live-form=live.then_some("") novalidate=true>
            <input type="hidden" name="_form" value=id.clone() />
            {first} {summary} {body} {footer}
        </form>
    }
}

/// What was wrong with a post of one of `forms`, for forms that are only buttons and have no place to say so.
#[component]
pub fn Refused(forms: Vec<&'static str>) -> Html {
    let attempt = use_context::<Attempt>().filter(|attempt| forms.contains(&attempt.form.as_str()));
    attempt
        .map(|attempt| {
            let form = attempt.form.clone();
            view! { <Summary form=form attempt=Arc::new(attempt) fields=Vec::new() /> }
        })
        .draw()
}

/// A form whose fields are the page's address: search and filters. Submitting it loads the page with the new query.
#[component]
pub fn Filters(
    /// For assistive technology, such as `Filter flags`.
    #[prop(into)]
    label: String,
    #[prop(optional, into)] action: Option<String>,
    children: Children,
) -> Html {
    let scope = Scope { form: "filter".to_owned(), ..Scope::default() };
    view! {
        <form method="get" action=action role="search" aria-label=label class="filters">
            <Provider value=scope>{children.draw()}</Provider>
        </form>
    }
}

/// Fields that belong together, under one legend.
#[component]
pub fn FieldGroup(
    #[prop(into)] legend: String,
    #[prop(optional, into)] hint: Option<String>,
    /// Where a problem with the whole group belongs, such as `variants`.
    #[prop(optional, into)]
    name: Option<String>,
    children: Children,
) -> Html {
    let hint = hint.map(|text| view! { <p class="hint">{text}</p> });
    let problem = name.map(|name| view! { <GroupProblem name=name /> });
    view! {
        <fieldset class="group">
            <legend>{legend}</legend>
            {hint} {problem} {children.draw()}
        </fieldset>
    }
}

/// The problem of a part that is no single input, such as `targets` or `rules[0].serve.weights`.
#[component]
pub fn GroupProblem(#[prop(into)] name: String) -> Html {
    let bound = Bound::new(name, String::new(), None, true, false);
    bound.problem.clone().map(|text| error_note(bound.id, text)).draw()
}

#[cfg(test)]
mod tests;
