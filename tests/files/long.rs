//! The long form into a project: what becomes a change, who may, what is asked first, what stays.

use super::house::{House, environment, shop};
use flagstaff::domain::actor::Actor;
use flagstaff::domain::command::Command;
use flagstaff::domain::key::FlagKey;
use flagstaff::domain::role::Role;
use flagstaff::server::error::Error;
use flagstaff::server::services::export::export;
use flagstaff::server::services::flag_file::write::Format;
use flagstaff::server::services::import::{Confirmation, ImportError};
use sqlx::{Connection, SqliteConnection};

/// Two environments, a team, a flag in use and one that is archived.
const FILE: &str = r#"version: 1
project: {name: The shop, naming_pattern: "^[a-z_]+$"}
environments:
  - {key: staging, name: Staging, colour: amber, protection: open}
  - {key: production, name: Production, colour: magenta, protection: critical}
teams:
  - {key: payments, name: Payments, members: [ada@shop.example, gone@shop.example]}
segments:
  - {key: beta, name: Beta testers, include: [user_1, user_2]}
attributes:
  - {name: plan, value_type: text, legal_values: [free, pro]}
  - {name: email, value_type: text, private: true}
personas:
  - {key: ada, name: Ada, context: {targetingKey: user_1}}
flags:
  new_checkout:
    kind: release
    value_type: boolean
    variants: {"on": true, "off": false}
    fallback_variant: "off"
    owner: ada@shop.example
    description: The new checkout
    expires_at: "2199-06-01T00:00:00Z"
    environments:
      staging: {enabled: true, off_variant: "off", fallthrough: "on"}
      production:
        enabled: true
        off_variant: "off"
        targets: [{variant: "on", units: [user_7, user_8]}]
        rules:
          - {id: r1, conditions: [{operator: in_segment, values: [beta]}], serve: "on"}
        fallthrough: "off"
  oldCheckout:
    kind: release
    value_type: boolean
    variants: {"on": true, "off": false}
    fallback_variant: "off"
    owner: team:payments
    description: The old checkout
    expires_at: "2025-06-01T00:00:00Z"
    archived_at: "2025-07-01T00:00:00Z"
    environments:
      staging: {enabled: true, off_variant: "off", fallthrough: "on"}
      production: {enabled: true, off_variant: "off", fallthrough: "on"}
"#;

async fn house() -> House {
    let house = House::with(&["production"]).await;
    house.person("ada", Some(Role::Editor)).await;
    house
}

fn said(typed: &[&str]) -> Confirmation {
    Confirmation {
        reason: Some("Moved here".into()),
        confirmed: true,
        typed: typed.iter().map(|key| (*key).to_owned()).collect(),
        request: None,
    }
}

#[tokio::test]
async fn everything_of_a_project_comes_in_and_only_once() {
    let house = house().await;
    let prepared = house.prepare(&Actor::Console, None, FILE.as_bytes()).await.unwrap();
    let titles: Vec<String> = prepared.changes.iter().map(|change| change.title()).collect();
    let wanted = [
        "project shop",
        "environment staging",
        "environment production",
        "order of environments",
        "team payments",
        "segment beta",
        "attribute plan",
        "persona ada",
        "attribute email",
        "new_checkout",
        "oldCheckout",
    ];
    assert_eq!(titles, wanted);
    let warned: Vec<&str> = prepared.warnings.iter().map(|finding| finding.path.as_str()).collect();
    assert_eq!(warned, ["teams[0].members", "flags.oldCheckout"], "{:#?}", prepared.warnings);
    assert!(prepared.warnings[0].message.contains("gone@shop.example is no member"), "{:#?}", prepared.warnings);

    assert!(house.import(None, FILE).await > 0);
    let export = house.export(Format::Yaml).await;
    for kept in [
        "name: The shop",
        "members: [ada@shop.example]",
        "owner: ada@shop.example",
        "units: [user_7, user_8]",
        "archived_at: \"2025-07-01T00:00:00Z\"",
    ] {
        assert!(export.contains(kept), "{kept} is not in\n{export}");
    }
    assert!(export.find("key: staging").unwrap() < export.find("key: production").unwrap(), "{export}");
    assert_eq!(house.import(None, FILE).await, 0);
    assert_eq!(house.import(None, &export).await, 0);
}

#[tokio::test]
async fn an_editor_brings_flags_and_no_settings() {
    let house = house().await;
    house.import(None, FILE).await;
    let ada = house.person("eve", Some(Role::Editor)).await;
    let flags = FILE.replace("The new checkout", "The newest checkout");
    assert_eq!(house.import_as(&ada, &flags, &Confirmation::default()).await.unwrap(), 1, "a description is asked for nowhere");
    let settings = FILE.replace("name: Staging", "name: Stage").replace("name: Payments", "name: Money");
    let refused = house.import_as(&ada, &settings, &said(&["production"])).await;
    let Err(Error::Forbidden(why)) = refused else { panic!("{refused:?}") };
    assert!(why.contains("admin") && why.contains("environment staging, team payments"), "{why}");
    let vic = house.person("vic", Some(Role::Viewer)).await;
    assert!(matches!(house.import_as(&vic, FILE, &Confirmation::default()).await, Err(Error::Forbidden(_))));
    let stranger = house.person("sam", None).await;
    assert!(matches!(house.import_as(&stranger, FILE, &Confirmation::default()).await, Err(Error::NotFound("project"))));
}

#[tokio::test]
async fn what_production_answers_is_confirmed_by_name() {
    let house = house().await;
    house.import(None, FILE).await;
    let ada = house.person("eve", Some(Role::Editor)).await;
    let file = FILE.replace("fallthrough: \"off\"", "fallthrough: \"on\"");
    let prepared = house.prepare(&ada, None, file.as_bytes()).await.unwrap();
    let asks = prepared.asks();
    assert!(asks.reason && asks.typed == ["production"], "{asks:?}");
    let before = house.rows().await;
    assert!(matches!(house.import_as(&ada, &file, &Confirmation::default()).await, Err(Error::Confirm(_))));
    assert!(matches!(house.import_as(&ada, &file, &said(&["staging"])).await, Err(Error::Invalid(_))));
    assert_eq!(house.rows().await, before);
    assert_eq!(house.import_as(&ada, &file, &said(&["production"])).await.unwrap(), 1);
    let staging = file.replace("staging: {enabled: true", "staging: {enabled: false");
    let prepared = house.prepare(&ada, None, staging.as_bytes()).await.unwrap();
    assert!(!prepared.asks().reason, "staging is open");
}

#[tokio::test]
async fn of_two_critical_environments_the_one_that_is_touched_asks() {
    for (used, other) in [("production", "zone"), ("zone", "production")] {
        let house = house().await;
        let zone = "  - {key: zone, name: Zone, colour: blue, protection: critical}\nteams:";
        let both = FILE
            .replace("teams:", zone)
            .replace("      production:\n        enabled", &format!("      {used}:\n        enabled"));
        house.import(None, &both).await;
        let ada = house.person("eve", Some(Role::Editor)).await;
        let file = both.replace("include: [user_1, user_2]", "include: [user_1, user_3]");
        let prepared = house.prepare(&ada, None, file.as_bytes()).await.unwrap();
        assert_eq!(prepared.asks().typed, [used], "{file}");
        assert!(house.import_as(&ada, &file, &said(&[other])).await.is_err());
        assert_eq!(house.import_as(&ada, &file, &said(&[used])).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn one_environment_can_be_taken_out_of_a_file_and_out_of_a_project() {
    let house = house().await;
    house.import(Some("staging"), FILE).await;
    let only = export(&house.db, &Actor::Console, &shop(), Some(&environment("staging")), Format::Yaml).await.unwrap();
    assert!(only.contains("key: staging") && !only.contains("key: production") && !only.contains("user_7"), "{only}");
    let whole = house.export(Format::Yaml).await;
    assert!(whole.contains("protection: critical") && !whole.contains("user_7"), "{whole}");
    assert_eq!(house.import(None, &only).await, 0);
    let refused = house.prepare(&Actor::Console, Some("stagign"), FILE.as_bytes()).await;
    let Err(ImportError::Other(Error::Invalid(problems))) = refused else { panic!("{refused:?}") };
    assert!(problems[0].message.contains("Did you mean staging?"), "{problems:?}");
}

#[tokio::test]
async fn what_is_archived_stays_archived() {
    let house = house().await;
    house.import(None, FILE).await;
    let in_use = FILE.replace("    archived_at: \"2025-07-01T00:00:00Z\"\n", "");
    let findings = house.findings(None, in_use.as_bytes()).await;
    assert!(findings.iter().any(|f| f.path == "flags.oldCheckout" && f.message.contains("restore it first")), "{findings:?}");
    let other = FILE.replace("The old checkout", "The oldest checkout");
    let prepared = house.prepare(&Actor::Console, None, other.as_bytes()).await.unwrap();
    assert!(prepared.is_nothing() && prepared.warnings.iter().any(|f| f.message.contains("stays as it is")), "{prepared:?}");
    // A flag in use that the file has archived is archived by it.
    let archived = FILE.replace(
        "    expires_at: \"2199-06-01T00:00:00Z\"\n",
        "    expires_at: \"2199-06-01T00:00:00Z\"\n    archived_at: \"2026-01-01T00:00:00Z\"\n",
    );
    let ada = house.person("eve", Some(Role::Editor)).await;
    assert!(
        matches!(house.import_as(&ada, &archived, &Confirmation::default()).await, Err(Error::Confirm(_))),
        "it answers nobody then"
    );
    assert_eq!(house.import(None, &archived).await, 1);
}

#[tokio::test]
async fn a_comparison_is_told_from_a_later_one() {
    let house = house().await;
    house.import(None, FILE).await;
    let file = FILE.replace("fallthrough: \"off\"", "fallthrough: \"on\"");
    let look = async || house.prepare(&Actor::Console, None, file.as_bytes()).await.unwrap().fingerprint();
    let first = look().await;
    assert_eq!(look().await, first);
    let flag = FlagKey::parse("new_checkout").unwrap();
    let switched = Command::SetEnabled { project: shop(), environment: environment("production"), flag, enabled: false };
    house.by_system(switched).await;
    assert_ne!(look().await, first);
}

#[tokio::test]
async fn viewers_take_out_how_many_and_not_who() {
    let house = house().await;
    house.import(None, FILE).await;
    let vic = house.person("vic", Some(Role::Viewer)).await;
    for format in Format::ALL {
        let text = export(&house.db, &vic, &shop(), None, format).await.unwrap();
        assert!(text.contains("2 hidden") && !text.contains("user_7") && !text.contains("user_2"), "{text}");
        assert_eq!(text.contains("# Individual targets"), format == Format::Yaml);
        let findings = house.findings(None, text.as_bytes()).await;
        let hidden = findings.iter().filter(|finding| finding.message.contains("made for a viewer"));
        assert_eq!(hidden.count(), 2, "{findings:#?}");
    }
}

#[tokio::test]
async fn an_owner_who_left_is_still_the_owner() {
    let house = house().await;
    house.import(None, FILE).await;
    house.by_system(Command::RemoveMember { project: shop(), email: "ada@shop.example".into() }).await;
    let id = house.id_of("ada").await;
    let export = house.export(Format::Yaml).await;
    assert!(export.contains("owner: ada@shop.example"), "{export}");
    assert_eq!(house.import(None, &export).await, 0);
    let mut cx = house.db.read().await.unwrap();
    let project = flagstaff::server::store::projects::find(&mut cx, &shop()).await.unwrap().unwrap();
    let flag =
        flagstaff::server::store::flags::find(&mut cx, &project.id, &FlagKey::parse("new_checkout").unwrap()).await.unwrap();
    assert_eq!(flag.unwrap().flag.owner, flagstaff::domain::flag::Owner::Person(id));
}

#[tokio::test]
async fn an_export_leaves_nothing_out_in_silence() {
    for (sql, words) in [
        ("update flag_states set state = '{}'", "cannot be read in staging"),
        ("update flags set definition = '{}' where key = 'oldCheckout'", "definition of a flag cannot be read"),
    ] {
        let house = house().await;
        house.import(None, FILE).await;
        let mut connection = SqliteConnection::connect(&house.url()).await.unwrap();
        sqlx::query(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let refused = export(&house.db, &Actor::Console, &shop(), None, Format::Yaml).await;
        let Err(Error::Invalid(problems)) = refused else { panic!("{refused:?}") };
        assert!(problems[0].message.contains(words), "{problems:?}");
    }
}

#[tokio::test]
async fn private_attributes_come_in_and_no_value_of_them() {
    let house = house().await;
    house.import(None, FILE).await;
    let export = house.export(Format::Yaml).await;
    assert!(export.contains("private: true") && export.contains("legal_values: [free, pro]"), "{export}");
    let kept = FILE.replace("{targetingKey: user_1}", "{targetingKey: user_1, email: a@b.example}");
    let findings = house.findings(None, kept.as_bytes()).await;
    let found = findings.iter().find(|finding| finding.path == "personas[0].context");
    assert!(found.is_some_and(|finding| finding.message.contains("email is private")), "{findings:#?}");
    let open = kept.replace("value_type: text, private: true", "value_type: text");
    assert_eq!(house.import(None, &open).await, 2, "private no more, and then the persona");
    assert_eq!(house.import(None, FILE).await, 2, "the persona first, and then private");
    for (broken, words) in [
        ("value_type: text, legal_values", "valu_type: text, legal_values"),
        ("legal_values: [free, pro]", "legal_values: [free, 3]"),
        ("{name: email", "{name: plan"),
    ] {
        let findings = house.findings(None, FILE.replace(broken, words).as_bytes()).await;
        assert!(findings.iter().any(|finding| finding.path.starts_with("attributes[")), "{words}: {findings:#?}");
    }
}

#[tokio::test]
async fn an_import_tells_which_personas_would_not_get_what_they_should() {
    let house = house().await;
    let persona = "{key: ada, name: Ada, context: {targetingKey: user_1}";
    let expect = "expect: {production: {new_checkout: \"on\", gone: \"on\"}}}";
    let file = FILE.replace(&format!("{persona}}}"), &format!("{persona}, {expect}"));
    let prepared = house.prepare(&Actor::Console, None, file.as_bytes()).await.unwrap();
    let told: Vec<&str> = prepared.warnings.iter().map(|finding| finding.message.as_str()).collect();
    assert!(told.iter().any(|message| message.contains("no flag gone")), "{told:#?}");
    assert!(!told.iter().any(|message| message.contains("gets off")), "the segment takes her in: {told:#?}");
    house.import(None, &file).await;
    let off = file.replace("        enabled: true\n", "        enabled: false\n");
    let flags = format!("version: 1\nflags:\n{}", off.split_once("\nflags:\n").unwrap().1);
    let prepared = house.prepare(&Actor::Console, None, flags.as_bytes()).await.unwrap();
    let broken = prepared.warnings.iter().find(|finding| finding.message.contains("Ada expects on, gets off."));
    assert_eq!(broken.unwrap().path, "flags.new_checkout.environments.production", "{:#?}", prepared.warnings);
    assert!(house.import(None, &flags).await > 0, "it is told, not refused");
}
