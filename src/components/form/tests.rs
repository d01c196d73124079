use super::*;
use crate::components::testing::{HOSTILE, is_safe, render};
use crate::domain::flag::Problem;

/// Renders a form called `new` after `attempt`.
fn after(attempt: Attempt, fields: impl FnOnce() -> Html + Send + 'static) -> String {
    render(move || {
        provide_context(attempt);
        view! { <Form id="new" submit="Create">{fields()}</Form> }
    })
}

fn attempt(form: &str, values: &[(&str, &str)], problems: &[(&str, &str)]) -> Attempt {
    Attempt {
        form: form.into(),
        values: values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        problems: problems.iter().map(|(field, message)| Problem::new(*field, *message)).collect(),
        message: None,
        ..Attempt::default()
    }
}

fn key() -> Html {
    view! { <Field name="key" label="Key" value="initial" hint="Letters." required=true /> }
}

#[test]
fn a_form_posts_to_its_own_page_and_names_itself() {
    let html = render(|| view! { <Form id="new" submit="Create">{key()}</Form> });
    assert!(html.contains(r#"<form method="post" id="new" novalidate class="form">"#), "{html}");
    assert!(html.contains(r#"<input type="hidden" name="_form" value="new">"#), "{html}");
    assert!(
        html.contains(r#"<label for="new-key" class="">Key"#) && html.contains(r#"id="new-key" name="key" value="initial""#),
        "{html}"
    );
    assert!(html.contains(r#"aria-describedby="new-key-hint""#) && html.contains(r#"id="new-key-hint""#), "{html}");
    assert!(!html.contains("aria-invalid") && !html.contains("role=\"alert\""), "{html}");
}

#[test]
fn a_refused_form_comes_back_filled_with_its_problems() {
    let html = after(attempt("new", &[("key", "My key")], &[("key", "No spaces."), ("tags", "Too many.")]), key);
    assert!(html.contains(r#"role="alert" tabindex="-1" autofocus id="new-problems""#), "{html}");
    assert!(html.contains("There are 2 problems") && html.contains(r##"<a href="#new-key">No spaces.</a>"##), "{html}");
    assert!(html.contains("<li>Too many.</li>"), "a problem without a field is no link: {html}");
    assert!(html.contains(r#"value="My key""#) && !html.contains("initial"), "{html}");
    assert!(html.contains(r#"aria-invalid="true" aria-describedby="new-key-hint new-key-error""#), "{html}");
}

#[test]
fn an_attempt_at_another_form_changes_nothing() {
    let html = after(attempt("other", &[("key", "My key")], &[("key", "No spaces.")]), key);
    assert!(html.contains("initial") && !html.contains("My key") && !html.contains("No spaces."), "{html}");
}

#[test]
fn fields_of_two_forms_keep_apart() {
    let html = render(|| {
        provide_context(attempt("b", &[("key", "typed")], &[]));
        view! { <Form id="a">{key()}</Form><Form id="b">{key()}</Form><Field name="key" label="Alone" /> }
    });
    assert!(html.contains(r#"id="a-key" name="key" value="initial""#), "{html}");
    assert!(html.contains(r#"id="b-key" name="key" value="typed""#), "{html}");
    assert!(html.contains(r#"id="key" name="key" value="" "#), "{html}");
}

#[test]
fn hostile_text_stays_text_in_every_field() {
    let fields = || {
        view! {
            <Field name="a" label=HOSTILE hint=HOSTILE placeholder=HOSTILE unit=HOSTILE suggestions=vec![HOSTILE.to_owned()] />
            <TextArea name="a" label=HOSTILE hint=HOSTILE placeholder=HOSTILE />
            <Select name="a" label=HOSTILE options=vec![Choice::described(HOSTILE, HOSTILE, HOSTILE)] prompt=HOSTILE />
            <Checkbox name="a" label=HOSTILE hint=HOSTILE value=HOSTILE />
            <RadioCards name="a" legend=HOSTILE options=vec![Choice::described(HOSTILE, HOSTILE, HOSTILE)] />
            <Hidden name="a" value=HOSTILE />
            <FieldGroup legend=HOSTILE hint=HOSTILE name="a">"x"</FieldGroup>
        }
    };
    let mut refused = attempt("new", &[("a", HOSTILE)], &[("a", HOSTILE), ("b", HOSTILE)]);
    refused.message = Some(HOSTILE.into());
    let html = after(refused, fields);
    assert!(is_safe(&html), "{html}");
    assert_eq!(html.matches("</textarea>").count(), 1, "{html}");
}

#[test]
fn a_textarea_gives_back_every_character() {
    let area = || view! { <TextArea name="text" label="Text" /> };
    let html = after(attempt("new", &[("text", "\n</textarea><script>&amp;")], &[]), area);
    // The parser drops the first of the two line feeds.
    assert!(html.contains(">\n\n&lt;/textarea&gt;&lt;script&gt;&amp;amp;</textarea>"), "{html}");
}

#[test]
fn a_password_is_never_sent_back() {
    let field = || view! { <Field name="password" label="Password" kind="password" /> };
    let html = after(attempt("new", &[("password", "correct horse")], &[]), field);
    assert!(!html.contains("correct horse"), "{html}");
}

#[test]
fn choices_come_back_as_they_were_made() {
    let fields = || {
        let options = || vec![Choice::new("a", "A"), Choice::new("b", "B")];
        view! {
            <Select name="menu" label="Menu" options=options() value="a" />
            <RadioCards name="kind" legend="Kind" options=options() value="a" />
            <Checkbox name="ticked" label="Ticked" />
            <Checkbox name="unticked" label="Unticked" checked=true />
        }
    };
    let html = after(attempt("new", &[("menu", "b"), ("kind", "b"), ("ticked", "true")], &[("kind", "Choose again.")]), fields);
    assert!(html.contains(r#"<option value="b" selected>"#) && html.contains(r#"<option value="a">"#), "{html}");
    assert!(html.contains(r#"id="new-kind-1" name="kind" value="b" checked"#), "{html}");
    assert!(html.contains(r#"role="radiogroup" aria-invalid="true" aria-describedby="new-kind-error""#), "{html}");
    assert!(html.contains(r#"name="ticked" value="true" checked"#), "{html}");
    assert!(html.contains(r#"name="unticked" value="true">"#), "{html}");
}

#[test]
fn a_form_that_failed_keeps_the_version_it_was_begun_on() {
    let field = || view! { <Hidden name="base_version" value="18" /> };
    let html = after(attempt("new", &[("base_version", "17")], &[]), field);
    assert!(html.contains(r#"name="base_version" value="17""#), "{html}");
}

#[test]
fn names_become_ids() {
    let table =
        [("key", "f-key"), ("variants[1].value", "f-variants-1-value"), ("rules[0].serve.share", "f-rules-0-serve-share")];
    for (name, id) in table {
        assert_eq!(field_id("f", name), id);
    }
    assert_eq!(field_id("", "key"), "key");
}
