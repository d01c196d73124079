//! The help, for whoever is signed in.

use super::app::App;
use flagstaff::domain::command::Command;
use flagstaff::domain::environment::Environment;
use flagstaff::domain::key::{EnvironmentKey, ProjectKey};
use flagstaff::domain::member::Member;
use flagstaff::domain::project::Project;
use flagstaff::domain::role::Role;

#[tokio::test]
async fn help_is_for_everybody_who_is_signed_in() {
    let app = App::start().await;
    let page = app.sign_in("vic").await.get("/help").await;
    assert_eq!(page.status, 200);
    for text in ["Roles", "How a flag decides", "owner:me", "/ofrep/v1/evaluate/flags/FLAG", "<kbd>g</kbd>"] {
        assert!(page.says(text), "{text}");
    }
    assert!(
        page.says("href=\"/p/shop/flags\"") && page.says(">Audit log<"),
        "the only project's navigation stays: {}",
        page.html
    );
    let gone = app.stranger().get("/help").await;
    assert_eq!((gone.status, gone.location.as_str()), (303, "/login?next=%2Fhelp"));
}

#[tokio::test]
async fn the_navigation_is_that_of_the_project_one_came_from() {
    let app = App::start().await;
    let environments = vec![Environment::usual(EnvironmentKey::parse("production").unwrap(), 0)];
    let key = ProjectKey::parse("other").unwrap();
    app.by_system(Command::CreateProject { project: Project::new(key.clone(), "Other"), environments }).await;
    let member = Member { email: "vic@shop.example".into(), role: Role::Viewer, break_glass: false };
    app.by_system(Command::SetMember { project: key, member }).await;
    let vic = app.sign_in("vic").await;
    assert!(vic.get("/p/other/flags").await.says("href=\"/help?project=other\""));
    assert!(vic.get("/help?project=other").await.says("href=\"/p/other/audit\""));
    let neither = vic.get("/help?project=nothing").await;
    assert!(neither.status == 200 && !neither.says("/audit\""), "{}", neither.html);
    assert!(!app.sign_in("ada").await.get("/help?project=other").await.says("/p/other"), "not her project");
}
