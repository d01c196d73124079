//! The page of a rollout plan: every button, the steps to come, and how one begins.

use super::app::{App, Browser, Page, shop};
use flagstaff::domain::actor::Actor;
use flagstaff::domain::command::Command;
use flagstaff::domain::launch::Whose;
use flagstaff::domain::rollout::{PRESET, Plan, Start};
use flagstaff::domain::rule::Serve;
use flagstaff::domain::state::State;
use flagstaff::domain::time::{DAY, HOUR, Timestamp};
use flagstaff::server::clock::Clock;
use flagstaff::server::governance::{Governance, Submission};
use serde_json::json;

const NOW: Timestamp = Timestamp::from_millis(20_000 * DAY + 9 * HOUR);
const PLAN: &str = "/p/shop/flags/new_checkout/development/plan";
const PRODUCTION: &str = "/p/shop/flags/new_checkout/production/plan";

async fn start() -> (App, Browser, Clock) {
    let clock = Clock::at(NOW);
    let app = App::start_at(clock.clone()).await;
    for place in ["development", "production"] {
        app.set("new_checkout", place, json!({ "enabled": true, "fallthrough": { "variant": "off" } })).await;
    }
    let ada = app.sign_in("ada").await;
    (app, ada, clock)
}

/// Time passes, and with it Ada's session.
async fn later(app: &App, clock: &Clock, millis: i64) -> Browser {
    clock.set(NOW.plus(millis));
    app.sign_in("ada").await
}

/// The usual five steps, as the form has them.
fn usual() -> Vec<(&'static str, &'static str)> {
    let mut fields = vec![("variant", "on"), ("rest", "off"), ("bucket_by", "targetingKey"), ("at", "")];
    for (at, share) in ["1", "10", "25", "50", "100"].into_iter().enumerate() {
        let names = [
            ["steps[0].share", "steps[0].hold", "steps[0].unit"],
            ["steps[1].share", "steps[1].hold", "steps[1].unit"],
            ["steps[2].share", "steps[2].hold", "steps[2].unit"],
            ["steps[3].share", "steps[3].hold", "steps[3].unit"],
            ["steps[4].share", "steps[4].hold", "steps[4].unit"],
        ][at];
        fields.extend([(names[0], share), (names[1], "1"), (names[2], "days")]);
    }
    fields
}

fn with(fields: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let kept = usual().into_iter().filter(|(name, _)| fields.iter().all(|(other, _)| other != name));
    kept.chain(fields.iter().copied()).collect()
}

async fn begin(ada: &Browser, path: &str, fields: &[(&str, &str)]) -> Page {
    let page = ada.get(path).await;
    ada.send(path, &page, "begin", fields).await
}

/// Presses one of the plan's buttons, with everything that goes along.
async fn press(ada: &Browser, path: &str, order: &str) -> Page {
    let page = ada.get(path).await;
    let form = page.html.split("<form ").find(|form| form.contains("value=\"move\"")).unwrap_or_else(|| panic!("{}", page.html));
    let value = |name: &str| {
        let rest = form.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_default();
        rest.split('"').next().unwrap_or_default().to_owned()
    };
    let (base, next) = (value("base_version"), value("next"));
    assert!(form.contains(&format!("value=\"{order}\"")), "{order} in {form}");
    ada.post(path, &[("_form", "move"), ("base_version", &base), ("next", &next), ("do", order)]).await
}

fn plan(app: &App, place: &str) -> Plan {
    match app.served("new_checkout", place).fallthrough {
        Serve::Rollout(rollout) => rollout.plan,
        other => panic!("{other:?}"),
    }
}

fn hours(plan: &Plan) -> Vec<Option<i64>> {
    let at = |start: Start| if let Start::At(at) = start { Some((at.millis() - NOW.millis()) / HOUR) } else { None };
    plan.steps.iter().map(|step| at(step.starts_at)).collect()
}

#[track_caller]
fn says(page: &Page, texts: &[&str]) {
    for text in texts {
        assert!(page.says(text), "{text} in {}", page.html);
    }
}

#[tokio::test]
async fn a_plan_from_its_start_to_everybody() {
    let (app, ada, clock) = start().await;
    says(&ada.get(PLAN).await, &["Start a rollout", "value=\"10\"", "Usual: 1 %, 10 %, 25 %, 50 %, 100 %", "Begins"]);
    let done = begin(&ada, PLAN, &usual()).await;
    assert_eq!(done.status, 303, "{}", done.html);
    let page = ada.get(&done.location).await;
    says(
        &page,
        &[
            "You started a rollout of",
            "Now 1 % get on, the rest get off.",
            "Next: 10 % in 1 d,",
            "data-local",
            "Running",
            "Go to 10 % now",
            "Roll back to 0 %",
        ],
    );
    assert_eq!(hours(&plan(&app, "development")), [0, 24, 48, 72, 96].map(Some));
    says(&ada.get("/p/shop/flags/new_checkout/development").await, &["Next: 10 % in 1 d,", "Steer the plan"]);

    let ada = later(&app, &clock, DAY + 5 * HOUR).await;
    let paused = press(&ada, PLAN, "pause").await;
    assert_eq!(paused.status, 303, "{}", paused.html);
    let page = ada.get(&paused.location).await;
    says(&page, &["You paused the rollout of", "at 10 %", "The plan is paused; 25 % comes 19 h after it goes on.", "Resume"]);
    let ada = later(&app, &clock, 10 * DAY).await;
    assert_eq!(plan(&app, "development").share(NOW.plus(10 * DAY)), 1_000);
    let resumed = press(&ada, PLAN, "resume").await;
    says(&ada.get(&resumed.location).await, &["You resumed the rollout of", "Next: 25 % in 19 h,"]);
    let advanced = press(&ada, PLAN, "advance").await;
    says(&ada.get(&advanced.location).await, &["You advanced the rollout of", "from 10 % to 25 %", "Next: 50 % in 1 d,"]);
    let back = press(&ada, PLAN, "roll_back").await;
    says(
        &ada.get(&back.location).await,
        &[
            "You rolled back the rollout of",
            "from 25 % to 0 %",
            "Stopped at 0 %",
            "Now nobody gets on; everybody gets off.",
            "Begin again",
        ],
    );
    press(&ada, PLAN, "resume").await;
    assert_eq!(hours(&plan(&app, "development")), [240, 264, 288, 312, 336].map(Some));
    let complete = press(&ada, PLAN, "complete").await;
    let ada = later(&app, &clock, 10 * DAY + HOUR).await;
    says(&ada.get(&complete.location).await, &["Now everybody gets on.", "The plan has come to its last step.", "Complete"]);
}

#[tokio::test]
async fn it_begins_at_a_moment_on_a_clock_somewhere() {
    let (app, ada, _) = start().await;
    let at = |at: &'static str| with(&[("at", at)]);
    for (typed, said) in [
        ("2024-10-04 09:00", "That moment has passed."),
        ("2026-03-29 02:30 Europe/Berlin", "never comes in Europe/Berlin"),
        ("2026-10-25 02:30 Europe/Berlin", "comes twice in Europe/Berlin"),
        ("soon", "is no moment."),
    ] {
        let refused = begin(&ada, PLAN, &at(typed)).await;
        assert_eq!(refused.status, 422);
        says(&refused, &[said, &format!("value=\"{typed}\""), "#begin-at"]);
    }
    let done = begin(&ada, PLAN, &at("2026-10-26 09:00 Europe/Berlin")).await;
    assert_eq!(done.status, 303, "{}", done.html);
    let first = plan(&app, "development").steps[0].starts_at;
    assert_eq!(first, Start::At(Timestamp::parse("2026-10-26T08:00:00Z").unwrap()));
    says(&ada.get(PLAN).await, &["Scheduled", "Now nobody gets on"]);
}

#[tokio::test]
async fn steps_are_made_and_mended_in_the_form() {
    let (app, ada, clock) = start().await;
    let wrong = with(&[("steps[1].share", "1"), ("steps[2].share", "a lot"), ("steps[3].hold", "soon"), ("rest", "on")]);
    let refused = begin(&ada, PLAN, &wrong).await;
    assert_eq!(refused.status, 422);
    says(&refused, &["a lot is none", "soon is none", "value=\"a lot\"", "#begin-steps-2-share"]);
    let grown = begin(&ada, PLAN, &with(&[("add_step", "true")])).await;
    assert_eq!(grown.status, 200);
    says(&grown, &["steps[5].share"]);
    let fewer = begin(&ada, PLAN, &with(&[("remove_step", "0")])).await;
    assert!(!fewer.says("steps[4].share") && fewer.says("value=\"100\""), "{}", fewer.html);
    let looked = begin(&ada, PLAN, &with(&[("check", "true")])).await;
    says(&looked, &["1 % of everyone else get another variant: 1 % off → on.", "class=\"steps\""]);
    assert_eq!(app.served("new_checkout", "development").fallthrough, Serve::Variant("off".parse().unwrap()));

    let waiting = with(&[("steps[1].unit", "approval"), ("steps[1].hold", "")]);
    assert_eq!(begin(&ada, PLAN, &waiting).await.status, 303);
    let ada = later(&app, &clock, 3 * DAY).await;
    says(&ada.get(PLAN).await, &["Waits for approval", "Next: 25 % on approval.", "Approve 25 %", "needs approval"]);
    let approved = press(&ada, PLAN, "approve").await;
    says(&ada.get(&approved.location).await, &["You approved the rollout of", "from 10 % to 25 %"]);
    assert_eq!(hours(&plan(&app, "development")), [0, 24, 72, 96, 120].map(Some));

    let page = ada.get(PLAN).await;
    says(&page, &["Change the steps", "25 % now", "Share of step 4"]);
    let edit = |share: &'static str, hold: &'static str| {
        [
            ("current.hold", hold),
            ("current.unit", "days"),
            ("steps[0].share", share),
            ("steps[0].hold", ""),
            ("steps[0].unit", "approval"),
            ("steps[1].share", "100"),
            ("steps[1].hold", "1"),
            ("steps[1].unit", "days"),
        ]
    };
    let low = ada.send(PLAN, &page, "later", &edit("20", "1")).await;
    assert_eq!(low.status, 422);
    says(&low, &["Write more than 25 %", "value=\"20\""]);
    let edited = ada.send(PLAN, &page, "later", &edit("75", "2")).await;
    assert_eq!(edited.status, 303, "{}", edited.html);
    assert_eq!(hours(&plan(&app, "development")), [Some(0), Some(24), Some(72), Some(120), None]);
    assert_eq!(plan(&app, "development").steps[3].share, 7_500);
    says(&ada.get(&edited.location).await, &["You changed the steps of the rollout of"]);
    let ada = later(&app, &clock, 4 * DAY + 12 * HOUR).await;
    let page = ada.get(PLAN).await;
    let passed = ada.send(PLAN, &page, "later", &edit("75", "1")).await;
    says(&passed, &["25 % have been in force for 1 d 12 h already", "#later-current-hold"]);
}

#[tokio::test]
async fn nobody_loses_what_they_have_and_no_press_goes_further_than_meant() {
    let (app, ada, clock) = start().await;
    let split = json!({ "split": { "weights": [{ "variant": "on", "share": 2000 }, { "variant": "off", "share": 8000 }] } });
    app.set("new_checkout", "development", json!({ "fallthrough": split })).await;
    let refused = begin(&ada, PLAN, &usual()).await;
    assert_eq!(refused.status, 422);
    says(&refused, &["19 % get on now and would lose it.", "#begin-steps-0-share"]);
    let done = begin(&ada, PLAN, &with(&[("steps[0].share", ""), ("steps[1].share", "")])).await;
    assert_eq!(done.status, 303, "{}", done.html);
    assert_eq!(plan(&app, "development").steps.len(), 3);

    let page = ada.get(PLAN).await;
    let version = app.version("new_checkout", "development");
    let ada = later(&app, &clock, DAY).await;
    let late = ada.post(PLAN, &[("_form", "move"), ("base_version", &version), ("next", "1"), ("do", "advance")]).await;
    assert_eq!(late.status, 422, "it went on by itself: {}", page.html);
    says(&late, &["The plan has gone on since this page was drawn: it is at 50 % now."]);
    let stale = ada.post(PLAN, &[("_form", "move"), ("base_version", "1"), ("do", "pause")]).await;
    assert_eq!(stale.status, 409, "{}", stale.html);
    let twice = ada.post(PLAN, &[("_form", "move"), ("base_version", &version), ("do", "resume")]).await;
    assert!(twice.status == 422 && twice.says("The plan is not paused."), "{}", twice.html);
    let odd = ada.post(PLAN, &[("_form", "move"), ("do", "explode")]).await;
    assert!(odd.status == 422 && odd.says("Say what to do with the plan."), "{}", odd.html);
}

#[tokio::test]
async fn a_rule_has_a_plan_of_its_own_and_staff_come_first() {
    let (app, ada, _) = start().await;
    let segment = serde_json::from_value(json!({ "key": "staff", "name": "Staff", "include": ["ada"] })).unwrap();
    app.by_system(Command::CreateSegment { project: shop(), segment }).await;
    let paying = json!([{ "id": "r1", "name": "Paying", "conditions": [{ "attribute": "plan", "operator": "equals", "values": ["pro"] }], "serve": { "variant": "off" } }]);
    app.set("new_checkout", "development", json!({ "rules": paying, "enabled": false })).await;
    let of_rule = format!("{PLAN}?rule=r1");
    says(&ada.get(&of_rule).await, &["of rule “Paying” in development", "Turn the flag on in development", "First to"]);
    let done = begin(&ada, &of_rule, &with(&[("staff", "staff"), ("turn_on", "true")])).await;
    assert_eq!(done.status, 303, "{}", done.html);
    assert!(done.location.starts_with(&format!("{of_rule}&done=")), "{}", done.location);
    let state: State = app.served("new_checkout", "development");
    assert!(state.enabled);
    assert_eq!(state.rules.iter().map(|rule| rule.name.as_str()).collect::<Vec<_>>(), ["staff first", "Paying"]);
    assert!(matches!(state.rules[1].serve, Serve::Rollout(_)) && matches!(state.fallthrough, Serve::Variant(_)));
    let paused = press(&ada, &of_rule, "pause").await;
    says(&ada.get(&paused.location).await, &["You paused the rollout for the rule Paying of"]);
    assert_eq!(ada.get(&format!("{PLAN}?rule=r9")).await.status, 404);
    let unknown = begin(&ada, PLAN, &with(&[("staff", "nobody")])).await;
    says(&unknown, &["There is no segment nobody"]);
}

#[tokio::test]
async fn a_critical_environment_asks_for_the_reason_and_viewers_only_look() {
    let (app, ada, _) = start().await;
    let confirm = begin(&ada, PRODUCTION, &usual()).await;
    assert_eq!(confirm.status, 428, "{}", confirm.html);
    says(
        &confirm,
        &["Start a rollout of new_checkout in production", "name=\"steps[4].share\"", "10 % 1 d later, 25 % 1 d later"],
    );
    let typed = [("reason", "Launch"), ("confirmation", "production")];
    let done = ada.send(PRODUCTION, &confirm, "confirm", &typed).await;
    assert!(done.status == 303 && done.location.starts_with(PRODUCTION), "{} {}", done.status, done.html);
    assert_eq!(plan(&app, "production").steps.len(), PRESET.len());
    let vic = app.sign_in("vic").await;
    let page = vic.get(PRODUCTION).await;
    says(&page, &["Now 1 % get on", "Needs the role editor"]);
    assert!(!page.says("Change the steps"));
    assert_eq!(vic.post(PRODUCTION, &[("_form", "move"), ("do", "pause")]).await.status, 403);
    says(&vic.get("/p/shop/flags").await, &[">Rolling out<", "1 %, next 10 % in 1 d"]);
}

#[tokio::test]
async fn a_project_keeps_plans_of_its_own() {
    let (app, ada, _) = start().await;
    app.person("max", Some(flagstaff::domain::role::Role::Admin)).await;
    let max = app.sign_in("max").await;
    let (list, new) = ("/p/shop/settings/plans", "/p/shop/settings/plans/new");
    says(&max.get(list).await, &["Usual", "always there", "1 % for 1 d, 10 % for 1 d"]);
    let fields = |name: &'static str| {
        [
            ("name", name),
            ("steps[0].share", "5"),
            ("steps[0].hold", ""),
            ("steps[0].unit", "approval"),
            ("steps[1].share", "100"),
            ("steps[1].hold", ""),
            ("steps[1].unit", "days"),
        ]
    };
    let page = max.get(new).await;
    let refused = max.send(new, &page, "plan", &fields("Usual")).await;
    assert!(refused.status == 422 && refused.says("is taken"), "{}", refused.html);
    let saved = max.send(new, &page, "plan", &fields("Very careful")).await;
    assert_eq!(saved.status, 303, "{}", saved.html);
    says(&max.get(&saved.location).await, &["You changed the rollout plans of the project", "5 % until approved, 100 %"]);
    let again = max.send(new, &max.get(new).await, "plan", &fields("Very careful")).await;
    says(&again, &["There is a plan called Very careful already."]);
    let filled = begin(&ada, PLAN, &with(&[("template", "Very careful"), ("fill", "true")])).await;
    assert!(filled.status == 200 && filled.says("value=\"5\"") && !filled.says("steps[2].share"), "{}", filled.html);
    let one = "/p/shop/settings/plans/Very%20careful";
    let renamed = max.send(one, &max.get(one).await, "plan", &fields("Careful")).await;
    assert_eq!(renamed.status, 303, "{}", renamed.html);
    let removed =
        max.send("/p/shop/settings/plans/Careful", &max.get("/p/shop/settings/plans/Careful").await, "remove", &[]).await;
    assert_eq!(removed.status, 303, "{}", removed.html);
    assert!(!max.get(list).await.says("Careful"));
    says(&ada.get(new).await, &["Needs the role admin"]);
    assert_eq!(ada.post(new, &fields("Mine")).await.status, 403);
}

#[tokio::test]
async fn a_button_starts_from_what_another_process_has_just_made_of_the_plan() {
    let (app, ada, _) = start().await;
    assert_eq!(begin(&ada, PLAN, &with(&[("steps[0].share", "5")])).await.status, 303);
    let (seen, version) = (ada.get(PLAN).await, app.version("new_checkout", "development"));
    // Beside this server: what it serves knows nothing of it yet.
    let beside = Governance::new(app.state.db.clone(), app.state.audit_key, app.state.clock.clone(), None);
    let back = plan(&app, "development").rolled_back(NOW).unwrap();
    let state = app.served("new_checkout", "development").with_plan(&Whose::EveryoneElse, back.clone());
    let environment = "development".parse().unwrap();
    let command = Command::EditState { project: shop(), environment, flag: "new_checkout".parse().unwrap(), state };
    beside.submit(&Actor::System, Submission::new(command)).await.unwrap();
    let next = (version.parse::<i64>().unwrap() + 1).to_string();
    for base in [version.as_str(), next.as_str(), ""] {
        let pressed = ada.post(PLAN, &[("_form", "move"), ("base_version", base), ("do", "pause")]).await;
        assert!(pressed.status == 409 || pressed.status == 422, "{base}: {} {}", pressed.status, pressed.main());
        assert_eq!(plan(&app, "development").share(NOW), 0, "{base}");
    }
    assert!(seen.says("Now 5 %"), "{}", seen.main());
}
