//! The first form of an installation: the owner and the first project, with what its environments ask for.

use super::app::App;
use flagstaff::domain::environment::Protection;
use flagstaff::domain::key::{EnvironmentKey, ProjectKey};

const SETUP: &str = "/setup?token=the+token";

fn filled<'f>(more: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let usual = [
        ("_form", "setup"),
        ("name", "Olga"),
        ("email", "olga@shop.example"),
        ("password", "correct horse battery"),
        ("project_name", "Shop"),
        ("project_key", "main"),
        ("environments[0].key", "dev"),
        ("environments[1].key", "prod"),
    ];
    usual.into_iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name)).chain(more.iter().copied()).collect()
}

#[tokio::test]
async fn dev_and_prod_make_prod_critical() {
    let app = App::bare("the token").await;
    let browser = app.stranger();
    let page = browser.get(SETUP).await;
    assert!(page.status == 200 && page.says("Where none of these is there the last one is critical"), "{}", page.html);
    assert!(page.says("value=\"production\"") && page.says("Usual for its name"), "{}", page.html);
    let refused = browser.post(SETUP, &filled(&[("password", "short"), ("project_name", "")])).await;
    assert!(refused.status == 422 && refused.says("value=\"prod\"") && refused.says("at least 12"), "{}", refused.html);
    let done = browser.post(SETUP, &filled(&[])).await;
    assert_eq!(done.location, "/p/main/flags", "{}", done.html);
    let protection = |key: &str| {
        let project = ProjectKey::parse("main").unwrap();
        let snapshot = app.state.serving.environment(&project, &EnvironmentKey::parse(key).unwrap()).unwrap();
        snapshot.environment.environment.protection
    };
    assert_eq!((protection("dev"), protection("prod")), (Protection::Open, Protection::Critical));
    assert_eq!(browser.get("/people").await.status, 200, "whoever sets it up is its owner");
    assert_eq!(app.stranger().get(SETUP).await.status, 403, "once");
}
