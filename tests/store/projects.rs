//! Projects, environments, teams, personas and members.

use super::*;
use flagstaff::domain::attribute::Attribute;
use flagstaff::domain::environment::{Colour, Protection};
use flagstaff::domain::flag::FlagKind;
use flagstaff::domain::id::{ApiKeyId, PersonaId, SegmentId, TeamId};
use flagstaff::domain::key::{PersonaKey, SegmentKey, TeamKey};
use flagstaff::domain::persona::Persona;
use flagstaff::domain::project::{ExpiryDefault, KindDefaults};
use flagstaff::domain::required::Required;
use flagstaff::domain::role::Role;
use flagstaff::domain::segment::Segment;
use flagstaff::domain::state::State;
use flagstaff::domain::team::Team;
use flagstaff::server::store::counts::Tally;

#[tokio::test]
async fn a_project_comes_back_as_it_was_saved() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let (id, ..) = shop(&mut tx, "shop").await;
    let defaults = KindDefaults {
        lifetime_days: Some(30),
        review_days: None,
        on_expiry: ExpiryDefault::ServeOff,
        grace_days: 3,
        ready_days: 45,
        required: Required { ticket: true, rollback_criteria: false },
    };
    let made = project("shop");
    let kinds = made.kinds.clone().with(FlagKind::Release, defaults);
    let changed = Project { name: "Läden & Co".into(), naming_pattern: "^shop_".into(), kinds, ..made };
    store::projects::update(&mut tx, &id, &changed).await.unwrap();
    let found = store::projects::find(&mut tx, &changed.key).await.unwrap().unwrap();
    assert_eq!((found.project, found.version), (changed, 2));
}

#[tokio::test]
async fn a_second_project_of_a_key_is_refused_as_taken() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    shop(&mut tx, "shop").await;
    let again = store::projects::insert(&mut tx, &ProjectId::from_text(new_id()), &project("shop"), NOON).await;
    assert!(again.unwrap_err().is_taken());
}

#[tokio::test]
async fn environments_keep_their_order_and_take_changes() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let (id, staging, _) = shop(&mut tx, "shop").await;
    let all = store::environments::of_project(&mut tx, &id).await.unwrap();
    let keys: Vec<_> = all.iter().map(|stored| stored.environment.key.as_str()).collect();
    assert_eq!(keys, ["staging", "production"]);
    store::environments::set_position(&mut tx, &staging, 9).await.unwrap();
    let changed = Environment {
        name: "Proving ground".into(),
        colour: Colour::Violet,
        protection: Protection::Protected,
        position: 9,
        ..all[0].environment.clone()
    };
    store::environments::update(&mut tx, &staging, &changed).await.unwrap();
    let last = store::environments::of_project(&mut tx, &id).await.unwrap().pop().unwrap();
    assert_eq!((last.environment, last.version, last.project_key.as_str()), (changed, 2, "shop"));
}

#[tokio::test]
async fn teams_know_their_members() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let (id, ..) = shop(&mut tx, "shop").await;
    let (ada, lin) = (add_user(&mut tx, "ada").await, add_user(&mut tx, "lin").await);
    let team = Team { key: TeamKey::parse("payments").unwrap(), name: "Payments".into(), members: Vec::new() };
    let team_id = TeamId::from_text(new_id());
    store::teams::insert(&mut tx, &team_id, &id, &team).await.unwrap();
    store::teams::set_members(&mut tx, &team_id, &[lin.clone(), ada.clone()]).await.unwrap();
    let found = store::teams::find(&mut tx, &id, &team.key).await.unwrap().unwrap();
    assert_eq!(found.team.members, ["ada@shop.example", "lin@shop.example"]);
    store::teams::remove_member(&mut tx, &id, &ada).await.unwrap();
    store::teams::update(&mut tx, &team_id, &Team { name: "Money".into(), ..team.clone() }).await.unwrap();
    let found = store::teams::find(&mut tx, &id, &team.key).await.unwrap().unwrap();
    assert_eq!((found.team.name.as_str(), found.team.members, found.version), ("Money", vec!["lin@shop.example".to_owned()], 2));
    store::teams::delete(&mut tx, &team_id).await.unwrap();
    assert!(store::teams::of_project(&mut tx, &id).await.unwrap().is_empty());
}

#[tokio::test]
async fn personas_are_saved_and_removed() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let (project, ..) = shop(&mut tx, "shop").await;
    let context = json!({"targetingKey": "user_1", "plan": "pro", "age": 41, "nested": {"a": [1, null]}});
    let context = context.as_object().unwrap().clone();
    let key = PersonaKey::parse("pro_customer").unwrap();
    let persona = Persona {
        key: key.clone(),
        name: "Pro customer".into(),
        description: String::new(),
        context,
        expect: Default::default(),
    };
    let id = PersonaId::from_text(new_id());
    store::personas::insert(&mut tx, &id, &project, &persona, NOON).await.unwrap();
    let changed = Persona { name: "Ola, pro".into(), ..persona };
    store::personas::update(&mut tx, &id, &changed, NOON).await.unwrap();
    let found = store::personas::find(&mut tx, &project, &key).await.unwrap().unwrap();
    assert_eq!((found.persona, found.version), (changed, 2));
    store::personas::delete(&mut tx, &id).await.unwrap();
    assert!(store::personas::of_project(&mut tx, &project).await.unwrap().is_empty());
}

#[tokio::test]
async fn attributes_are_saved_and_removed() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let (project, ..) = shop(&mut tx, "shop").await;
    let plan: Attribute =
        serde_json::from_value(json!({"name": "plan", "value_type": "text", "legal_values": ["ä", "b"]})).unwrap();
    store::attributes::insert(&mut tx, &project, &plan, NOON).await.unwrap();
    let changed = Attribute { private: true, legal_values: Vec::new(), ..plan };
    store::attributes::update(&mut tx, &project, &changed, NOON).await.unwrap();
    let found = store::attributes::find(&mut tx, &project, "plan").await.unwrap().unwrap();
    assert_eq!((found.attribute, found.version), (changed, 2));
    assert!(store::attributes::schema(&mut tx, &project).await.unwrap().is_private("plan"));
    store::attributes::delete(&mut tx, &project, "plan").await.unwrap();
    assert!(store::attributes::of_project(&mut tx, &project).await.unwrap().is_empty());
}

#[tokio::test]
async fn names_are_seen_within_the_bound_and_forgotten() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let (_, staging, production) = shop(&mut tx, "shop").await;
    for (name, at) in [("plan", NOON), ("age", NOON), ("late", NOON), ("plan", NOON.plus(DAY))] {
        store::attributes::see(&mut tx, &staging, name, at, 2).await.unwrap();
    }
    let mut seen: Vec<_> =
        store::attributes::seen(&mut tx, &staging).await.unwrap().into_iter().map(|row| (row.name, row.seen_at)).collect();
    seen.sort();
    assert_eq!(seen, [("age".to_owned(), NOON.millis()), ("plan".to_owned(), NOON.plus(DAY).millis())]);
    assert!(store::attributes::seen(&mut tx, &production).await.unwrap().is_empty());
    store::attributes::prune(&mut tx, NOON.plus(1)).await.unwrap();
    assert_eq!(store::attributes::seen(&mut tx, &staging).await.unwrap().len(), 1);
}

#[tokio::test]
async fn members_are_set_once_each() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let (id, ..) = shop(&mut tx, "shop").await;
    let ada = add_user(&mut tx, "ada").await;
    store::members::set(&mut tx, &id, &ada, Role::Viewer, false).await.unwrap();
    store::members::set(&mut tx, &id, &ada, Role::Admin, false).await.unwrap();
    assert_eq!(store::members::of_project(&mut tx, &id).await.unwrap(), [(ada.clone(), Role::Admin)]);
    assert_eq!(store::members::roles_of(&mut tx, &ada).await.unwrap(), [(id.clone(), Role::Admin)]);
    store::members::remove(&mut tx, &id, &ada).await.unwrap();
    assert_eq!(store::members::role(&mut tx, &id, &ada).await.unwrap(), None);
}

/// Something in every table that belongs to a project, and the same in another one that must stay whole.
#[tokio::test]
async fn a_removed_project_takes_all_of_its_own_and_nothing_of_others() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let ada = add_user(&mut tx, "ada").await;
    let (shop, blog) = (furnished(&mut tx, "shop", &ada).await, furnished(&mut tx, "blog", &ada).await);
    store::projects::delete(&mut tx, &shop).await.unwrap();
    tx.commit().await.unwrap();
    let mut cx = db.read().await.unwrap();
    let left = store::projects::all(&mut cx).await.unwrap();
    assert_eq!(left.iter().map(|stored| stored.project.key.as_str()).collect::<Vec<_>>(), ["blog"]);
    assert_eq!(store::environments::all(&mut cx).await.unwrap().len(), 2);
    assert_eq!(store::flags::of_project(&mut cx, &blog).await.unwrap().len(), 1);
    assert_eq!(store::segments::of_project(&mut cx, &blog).await.unwrap().len(), 1);
    assert_eq!(store::teams::of_project(&mut cx, &blog).await.unwrap()[0].team.members.len(), 1);
    assert_eq!(store::personas::of_project(&mut cx, &blog).await.unwrap().len(), 1);
    assert!(store::flags::of_project(&mut cx, &shop).await.unwrap().is_empty());
    assert_eq!(store::members::roles_of(&mut cx, &ada).await.unwrap(), [(blog, Role::Editor)]);
}

async fn furnished(tx: &mut Tx, key: &str, member: &UserId) -> ProjectId {
    let (id, _, production) = shop(tx, key).await;
    store::members::set(tx, &id, member, Role::Editor, false).await.unwrap();
    let flag_id = add_flag(tx, &id, "new_checkout").await;
    store::states::insert(tx, &flag_id, &production, &State::initial(&flag("new_checkout")), NOON).await.unwrap();
    let segment: Segment = serde_json::from_value(json!({"key": "staff", "name": "Staff", "include": ["ada"]})).unwrap();
    assert_eq!(segment.key, SegmentKey::parse("staff").unwrap());
    let segment_id = SegmentId::from_text(new_id());
    store::segments::insert(tx, &segment_id, &id, &segment, NOON).await.unwrap();
    store::states::set_segments(tx, &flag_id, &production, &[segment_id]).await.unwrap();
    let team_id = TeamId::from_text(new_id());
    let team = Team { key: TeamKey::parse("payments").unwrap(), name: "Payments".into(), members: Vec::new() };
    store::teams::insert(tx, &team_id, &id, &team).await.unwrap();
    store::teams::set_members(tx, &team_id, std::slice::from_ref(member)).await.unwrap();
    let persona = serde_json::from_value(json!({"key": "ada", "name": "Ada", "context": {}})).unwrap();
    store::personas::insert(tx, &PersonaId::from_text(new_id()), &id, &persona, NOON).await.unwrap();
    let api_key = serde_json::from_value(json!({"name": "Web", "kind": "client", "public_id": format!("c_{key}")})).unwrap();
    let secret_hash = format!("hash of {key}");
    let key_id = ApiKeyId::from_text(new_id());
    store::api_keys::insert(tx, &key_id, &production, &api_key, &secret_hash, "ada", NOON).await.unwrap();
    let tally = Tally {
        flag: flag_id,
        environment: production.clone(),
        variant: "on".into(),
        hour: NOON,
        evaluated: 1,
        delivered: 0,
        evaluated_at: Some(NOON),
        delivered_at: None,
    };
    store::counts::add(tx, &tally).await.unwrap();
    store::unknown::add(tx, &production, "nobody_made_me", 1, NOON, 10).await.unwrap();
    id
}
