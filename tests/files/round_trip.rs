//! What is exported and imported again is exported as the same bytes, in YAML and in JSON.

use super::any_document::document;
use super::house::{House, NOON};
use flagstaff::domain::actor::Actor;
use flagstaff::domain::role::Role;
use flagstaff::engine::Segments;
use flagstaff::server::services::flag_file::document::Document;
use flagstaff::server::services::flag_file::write::{self, Format};
use flagstaff::server::services::flag_file::{File, parse};
use flagstaff::server::services::import::setting;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::collections::HashMap;

fn written(document: &Document, format: Format) -> String {
    write::text(document, &HashMap::new(), false, format)
}

fn read(text: &str) -> Document {
    let segments = Segments::new();
    match parse(text.as_bytes(), &setting(None, &Actor::Console, &segments, NOON)) {
        Ok(File::Long(file)) => file.document,
        other => panic!("{other:?}\n{text}"),
    }
}

proptest! {
    #![proptest_config(Config { cases: 300, ..Config::default() })]

    #[test]
    fn both_forms_of_text_read_as_what_was_written(document in document()) {
        for format in Format::ALL {
            let text = written(&document, format);
            let again = read(&text);
            prop_assert_eq!(&again, &document, "{}", text);
            prop_assert_eq!(written(&again, format), text);
        }
    }
}

/// A project of two people, to take a file in.
async fn empty() -> House {
    let house = House::with(&["production"]).await;
    for name in ["ada", "lin"] {
        house.person(name, Some(Role::Editor)).await;
    }
    house
}

#[test]
fn an_export_of_an_import_is_the_same_bytes() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&document(), |document| {
        let text = written(&document, Format::Yaml);
        runtime.block_on(async {
            let house = empty().await;
            house.import(None, &text).await;
            let (yaml, json) = (house.export(Format::Yaml).await, house.export(Format::Json).await);
            assert_eq!(yaml, text);
            assert_eq!(house.import(None, &yaml).await, 0, "what is there already is no change");
            let other = empty().await;
            other.import(None, &json).await;
            assert_eq!(other.export(Format::Json).await, json);
            assert_eq!(other.export(Format::Yaml).await, text);
        });
        Ok(())
    });
    outcome.unwrap();
}
