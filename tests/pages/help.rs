//! The help, for whoever is signed in.

use super::app::App;

#[tokio::test]
async fn help_is_for_everybody_who_is_signed_in() {
    let app = App::start().await;
    let page = app.sign_in("vic").await.get("/help").await;
    assert_eq!(page.status, 200);
    for text in ["Roles", "How a flag decides", "owner:me", "/ofrep/v1/evaluate/flags/FLAG", "<kbd>g</kbd>"] {
        assert!(page.says(text), "{text}");
    }
    let gone = app.stranger().get("/help").await;
    assert_eq!((gone.status, gone.location.as_str()), (303, "/login?next=%2Fhelp"));
}
