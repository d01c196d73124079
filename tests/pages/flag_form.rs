//! The form of a flag's definition: a new one and an edit.

use super::app::{App, Page, shop};
use flagstaff::domain::command::Command;
use flagstaff::domain::flag::{ExpiryAction, Flag, FlagKind, Owner, Variant};
use flagstaff::domain::key::{FlagKey, VariantName};
use flagstaff::domain::role::Role;
use flagstaff::domain::time::{DAY, Timestamp};
use serde_json::json;

const NEW: &str = "/p/shop/flags/new";
const EDIT: &str = "/p/shop/flags/new_checkout/edit";

fn definition(app: &App, key: &str) -> Flag {
    app.definition(key)
}

fn exists(app: &App, key: &str) -> bool {
    let environment = flagstaff::domain::key::EnvironmentKey::parse("production").unwrap();
    app.state.serving.environment(&shop(), &environment).unwrap().flag(key).is_some()
}

/// What a person types for a boolean release flag; `more` in place of it.
fn typed<'f>(page: &'f Page, more: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let day = value_of(page, "expires_at");
    let owner =
        page.html.split("name=\"owner\"").nth(1).unwrap().split("<option value=\"").nth(1).unwrap().split('"').next().unwrap();
    let usual = [
        ("_form", "definition"),
        ("key", "one_page"),
        ("kind", "release"),
        ("description", "One page instead of four"),
        ("owner", owner),
        ("scope", "Checkout"),
        ("ticket", "PAY-1"),
        ("tags", "web, checkout, web"),
        ("value_type", "boolean"),
        ("variants[0].name", "on"),
        ("variants[0].value", "true"),
        ("variants[1].name", "off"),
        ("variants[1].value", "false"),
        ("variants[2].name", ""),
        ("variants[2].value", ""),
        ("fallback_variant", ""),
        ("expires_proposed", day),
        ("expires_at", day),
        ("on_expiry", "notify"),
        ("on_expiry_variant", ""),
        ("rollback_criteria", "Errors above 1 %"),
    ];
    let kept = usual.into_iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
    kept.chain(more.iter().copied()).collect()
}

/// What stands in an input.
fn value_of<'p>(page: &'p Page, name: &str) -> &'p str {
    let tag = page.html.split("<input").find(|tag| tag.contains(&format!("name=\"{name}\""))).unwrap_or_else(|| panic!("{name}"));
    tag.split("value=\"").nth(1).unwrap().split('"').next().unwrap()
}

#[tokio::test]
async fn a_key_and_a_sentence_make_a_flag() {
    let app = App::start_at(flagstaff::server::clock::Clock::at(Timestamp::from_millis(20_000 * DAY))).await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(NEW).await;
    assert_eq!((page.status, value_of(&page, "expires_at")), (200, "2025-01-02"));
    assert!(page.says("data-key-check=\"shop\"") && page.says("Ship code dark"), "{}", page.html);
    let made = ada.post(NEW, &typed(&page, &[("client_visible", "true")])).await;
    assert_eq!(made.status, 303, "{}", made.html);
    assert!(made.location.starts_with("/p/shop/flags/one_page?done="), "{}", made.location);
    let shown = ada.get(&made.location).await;
    assert!(shown.says("You created the flag one_page.") && shown.says("Turn it on in development"), "{}", shown.html);
    let flag = definition(&app, "one_page");
    assert_eq!(
        (flag.kind, flag.tags, flag.client_visible),
        (FlagKind::Release, vec!["web".to_owned(), "checkout".to_owned()], true)
    );
    assert_eq!((flag.fallback_variant, flag.expires_at), (VariantName::off(), Some(Timestamp::from_millis(20_091 * DAY))));
    assert!(matches!(flag.owner, Owner::Person(_)) && flag.variants == Flag::boolean_variants());
    assert!(!app.served("one_page", "development").enabled);
}

#[tokio::test]
async fn a_kill_switch_is_on_and_lives_on() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(NEW).await;
    let made = ada.post(NEW, &typed(&page, &[("kind", "kill_switch")])).await;
    assert_eq!(made.status, 303, "{}", made.html);
    let flag = definition(&app, "one_page");
    assert_eq!((flag.fallback_variant, flag.expires_at), (VariantName::on(), None));
    assert!(app.served("one_page", "production").enabled);
}

#[tokio::test]
async fn values_of_every_type_are_made() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(NEW).await;
    for (key, value_type, typed_value, value) in [
        ("a_text", "string", " two\r\nlines ", json!(" two\nlines ")),
        ("a_count", "integer", "42", json!(42)),
        ("a_number", "number", "0.5", json!(0.5)),
        ("an_object", "object", "{\"limit\": 5}", json!({"limit": 5})),
    ] {
        let rows = [
            ("variants[0].name", "only"),
            ("variants[0].value", typed_value),
            ("variants[1].name", ""),
            ("variants[1].value", ""),
        ];
        let more =
            [&[("key", key), ("value_type", value_type), ("on_expiry", "serve"), ("on_expiry_variant", "only")][..], &rows]
                .concat();
        let made = ada.post(NEW, &typed(&page, &more)).await;
        assert_eq!(made.status, 303, "{key}: {}", made.html);
        let flag = definition(&app, key);
        let only = VariantName::parse("only").unwrap();
        assert_eq!(flag.variants, [Variant { name: only.clone(), value }]);
        assert_eq!((flag.fallback_variant, flag.on_expiry), (only.clone(), ExpiryAction::Serve(only)));
        let page = ada.get(&format!("/p/shop/flags/{key}")).await;
        assert_eq!(page.status, 200, "{}", page.html);
    }
}

#[tokio::test]
async fn a_refused_form_tells_everything_at_once_and_keeps_what_was_typed() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(NEW).await;
    let wrong = [
        ("key", "newCheckout"),
        ("description", " "),
        ("scope", "<b>Check</b>out"),
        ("variants[1].value", "perhaps"),
        ("variants[2].name", "no name"),
        ("variants[2].value", "kept <i>"),
        ("fallback_variant", "b\"lue"),
        ("expires_at", "2001-01-01"),
        ("client_visible", "true"),
    ];
    let refused = ada.post(NEW, &typed(&page, &wrong)).await;
    assert_eq!(refused.status, 422);
    for text in [
        "role=\"alert\"",
        "newCheckout is not snake_case",
        "href=\"#definition-key\"",
        "href=\"#definition-variants-1-value\"",
        "this is perhaps",
        "href=\"#definition-variants-2-name\"",
        "href=\"#definition-expires_at\"",
        "That day is past",
        "Say in a sentence",
        "value=\"newCheckout\"",
        "value=\"2001-01-01\"",
        "value=\"&lt;b&gt;Check&lt;/b&gt;out\"",
        "\nkept &lt;i&gt;</textarea>",
        "value=\"b&quot;lue\"",
        "name=\"client_visible\" value=\"true\" checked",
    ] {
        assert!(refused.says(text), "{text} in {}", refused.html);
    }
    assert!(!exists(&app, "newCheckout"));

    let taken = ada.post(NEW, &typed(&page, &[("key", "new_checkout"), ("description", "")])).await;
    assert!(taken.status == 422 && taken.says("new_checkout is taken") && taken.says("Say in a sentence"), "{}", taken.html);
    assert_eq!(ada.post(NEW, &typed(&page, &[("key", "new_checkout")])).await.status, 422);
    let nobody = ada.post(NEW, &typed(&page, &[("owner", "someone-else")])).await;
    assert!(nobody.status == 422 && nobody.says("Choose a member or a team of this project"), "{}", nobody.html);
    assert_eq!(ada.post(NEW, &[]).await.status, 422, "an empty post is told, not thrown");
}

#[tokio::test]
async fn another_row_is_added_and_nothing_is_lost_or_made() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(NEW).await;
    assert!(page.says("variants[3].name") && !page.says("variants[4].name"), "{}", page.html);
    let more = [("variants[2].name", "third"), ("variants[2].value", "x"), ("key", "Half typed"), ("add_variant", "true")];
    let grown = ada.post(NEW, &typed(&page, &more)).await;
    assert_eq!(grown.status, 200);
    assert!(
        grown.says("variants[3].name") && grown.says("value=\"third\"") && grown.says("value=\"Half typed\""),
        "{}",
        grown.html
    );
    assert!(!grown.says("role=\"alert\"") && !exists(&app, "one_page"), "{}", grown.html);
}

#[tokio::test]
async fn an_edit_of_words_is_saved_and_told() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(EDIT).await;
    assert!(page.status == 200 && page.says("value=\"unclaimed:Payments team\" selected"), "{}", page.html);
    assert!(!page.says("name=\"key\"") && !page.says("name=\"value_type\""), "key and type stay: {}", page.html);
    let fields = edit_fields(&[("description", "Better words"), ("tags", "a")]);
    let saved = ada.send(EDIT, &page, "definition", &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.html);
    let shown = ada.get(&saved.location).await;
    assert!(
        shown.says("You changed the description and the tags of new_checkout.") && shown.says("Better words"),
        "{}",
        shown.html
    );
    let flag = definition(&app, "new_checkout");
    assert_eq!((flag.description.as_str(), flag.owner), ("Better words", Owner::Unclaimed("Payments team".into())));

    let stale = ada.send(EDIT, &page, "definition", &fields).await;
    assert_eq!(stale.status, 409, "{}", stale.html);
    assert!(stale.says("changed since you opened it") && stale.says("Better words"), "{}", stale.html);
}

/// A whole edit of `new_checkout`; `more` in place of it.
fn edit_fields<'f>(more: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let usual = [
        ("kind", "permission"),
        ("description", "A flag of a test"),
        ("owner", "unclaimed:Payments team"),
        ("variants[0].name", "on"),
        ("variants[0].value", "on"),
        ("variants[1].name", "off"),
        ("variants[1].value", "off"),
        ("fallback_variant", "off"),
        ("on_expiry", "notify"),
    ];
    let kept = usual.into_iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
    kept.chain(more.iter().copied()).collect()
}

#[tokio::test]
async fn an_edit_of_answers_is_confirmed_with_its_difference() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(EDIT).await;
    let fields = edit_fields(&[("variants[0].value", "On!"), ("variants[2].name", "new"), ("variants[2].value", "New")]);
    let asked = ada.send(EDIT, &page, "definition", &fields).await;
    assert_eq!(asked.status, 428, "{}", asked.html);
    assert!(asked.says("Change the definition of new_checkout") && asked.says("On!"), "{}", asked.html);
    let done = ada.send(EDIT, &asked, "confirm", &[("reason", "A third answer"), ("confirmation", "production")]).await;
    assert_eq!(done.status, 303, "{}", done.html);
    assert_eq!(definition(&app, "new_checkout").variants.len(), 3);

    let page = ada.get(EDIT).await;
    let gone = edit_fields(&[("variants[0].name", "yes"), ("variants[0].value", "yes")]);
    let refused = ada.send(EDIT, &page, "definition", &gone).await;
    assert_eq!(refused.status, 422, "a variant that is served cannot go: {}", refused.html);
    assert!(refused.says("In development:") && refused.says("value=\"yes\""), "{}", refused.html);
}

#[tokio::test]
async fn who_may_not_reads_the_forms_and_sends_nothing() {
    let app = App::start().await;
    app.person("max", Some(Role::Approver)).await;
    let vic = app.sign_in("vic").await;
    for path in [NEW, EDIT] {
        let page = vic.get(path).await;
        assert!(page.status == 200 && page.says("Needs the role editor; yours is viewer."), "{}", page.html);
        assert!(!page.main().contains("btn primary"), "{}", page.html);
    }
    let page = vic.get(NEW).await;
    assert_eq!(vic.post(NEW, &typed(&page, &[])).await.status, 403);
    assert_eq!(vic.post(NEW, &typed(&page, &[("key", "No Key")])).await.status, 403, "nor learns what is wrong with it");
    assert_eq!(vic.post(EDIT, &edit_fields(&[("_form", "definition"), ("description", "Mine now")])).await.status, 403);
    assert_eq!(vic.post(EDIT, &edit_fields(&[("_form", "definition"), ("description", "")])).await.status, 403);
    assert_eq!(definition(&app, "new_checkout").description, "A flag of a test");
    let max = app.sign_in("max").await;
    assert_eq!(max.post(NEW, &typed(&page, &[])).await.status, 303, "who may approve may edit");
}

#[tokio::test]
async fn no_flag_hides_behind_a_page() {
    let app = App::start().await;
    let flag = Flag { key: FlagKey::parse("edit").unwrap(), ..super::app::release("edit") };
    app.by_system(Command::CreateFlag { project: shop(), flag }).await;
    let page = app.sign_in("ada").await.get("/p/shop/flags/edit").await;
    assert!(page.status == 200 && page.says("A flag of a test"), "{}", page.html);
    let ada = app.sign_in("ada").await;
    let refused = ada.post(NEW, &typed(&ada.get(NEW).await, &[("key", "new")])).await;
    assert!(refused.status == 422 && refused.says("choose another key"), "{}", refused.html);
}
