//! Importing over flags that exist.

use super::*;
use crate::domain::flag::{ValueType, Variant};
use crate::domain::key::VariantName;
use crate::domain::rule::Serve;
use serde_json::json;

fn existing() -> Flag {
    let mut flag = only(&flag_a(
        "description: Old text\nowner: Search team\ntags: [old]\nexpires: 2027-01-01\njira: S-1\nclient_visible: true",
    ))
    .flag;
    flag.rollback_criteria = "Errors".to_owned();
    flag
}

fn experiment() -> Flag {
    let variant = |name: &str| Variant { name: VariantName::parse(name).unwrap(), value: json!(name) };
    let mut flag = existing();
    flag.value_type = ValueType::String;
    flag.variants = ["control", "cheap", "dear"].map(variant).into();
    flag.fallback_variant = VariantName::parse("control").unwrap();
    flag
}

fn over(flag: &Flag, text: &str) -> Result<(Flag, ImportedFlag), Vec<Finding>> {
    in_project(|mut setting| {
        setting.existing.insert(flag.key.clone(), flag.clone());
        let File::Short(mut file) = parse(text.as_bytes(), &setting)? else { panic!("{text}") };
        let imported = file.flags.remove(0);
        Ok((merge(flag, &imported), imported))
    })
}

#[test]
fn only_what_the_file_names_changes() {
    let old = existing();
    let (new, imported) = over(&old, &flag_a("enabled: true\nowner: Growth team\ntags: [new]")).unwrap();
    let expected = Flag { owner: Owner::Unclaimed("Growth team".to_owned()), tags: vec!["new".to_owned()], ..old };
    assert_eq!(new, expected);
    assert!(imported.assumed.is_empty(), "an existing flag needs no defaults: {:?}", imported.assumed);
}

#[test]
fn a_bare_boolean_changes_the_state_alone() {
    let (new, imported) = over(&existing(), "flags: {a: false}\n").unwrap();
    assert_eq!((new, imported.state.enabled), (existing(), false));
}

#[test]
fn a_flag_keeps_its_variants_and_its_type() {
    let flag = experiment();
    let (new, imported) = over(&flag, &flag_a("enabled: true\nserve: cheap\noff: control\npercentage: 20")).unwrap();
    assert_eq!(new, flag);
    let names: Vec<&str> = imported.state.fallthrough.variants().iter().map(|name| name.as_str()).collect();
    assert_eq!((names, imported.state.off_variant.as_str()), (vec!["cheap", "control"], "control"));

    let (new, imported) = over(&flag, &flag_a("enabled: true\nvariants: {off: none, all: every}")).unwrap();
    assert_eq!((new.variants.len(), new.fallback_variant.as_str()), (2, "off"));
    assert_eq!(imported.state.fallthrough, Serve::Variant(VariantName::parse("all").unwrap()));

    let findings = over(&flag, &flag_a("variants: {small: 1, large: 2}")).unwrap_err();
    assert!(findings[0].at.line == 3 && findings[0].message.contains("cannot change"), "{findings:?}");
}

#[test]
fn a_kind_with_a_lifetime_brings_an_expiry() {
    let mut flag = existing();
    (flag.kind, flag.expires_at) = (crate::domain::flag::FlagKind::Permission, None);
    let (new, _) = over(&flag, &flag_a("kind: experiment")).unwrap();
    assert_eq!(new.expires_at, Some(now().plus(90 * crate::domain::time::DAY)));
}

#[test]
fn an_archived_flag_stays_archived() {
    let flag = Flag { archived_at: Some(now()), ..existing() };
    let findings = over(&flag, "flags:\n  a: true\n").unwrap_err();
    assert!(findings[0].at.line == 2 && findings[0].message.contains("restore it"), "{findings:?}");
}

#[test]
fn an_old_key_may_break_a_newer_pattern() {
    let result = in_project(|mut setting| {
        setting.existing.insert(FlagKey::parse("a").unwrap(), existing());
        setting.naming_pattern = Some("^shop_");
        (parse(b"flags: {a: true}", &setting).is_ok(), parse(b"flags: {b: true}", &setting))
    });
    assert!(result.0);
    assert!(result.1.unwrap_err()[0].message.contains("keys that match ^shop_"));
}
