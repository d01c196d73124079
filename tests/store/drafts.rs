//! Drafts: listed without what they hold.

use super::*;
use flagstaff::domain::command::Command;
use flagstaff::domain::draft::Item;
use flagstaff::domain::id::DraftId;
use flagstaff::server::store::drafts::{self, StoredDraft};
use serde_json::Value;

#[tokio::test]
async fn a_list_has_titles_newest_first_and_ones_own_states_are_found_alone() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let (project, _, production) = shop(&mut tx, "shop").await;
    let (blog, ..) = shop(&mut tx, "blog").await;
    let flag = add_flag(&mut tx, &project, "new_checkout").await;
    let (ada, lin) = (add_user(&mut tx, "ada").await, add_user(&mut tx, "lin").await);
    let place = Some((flag, production));
    let archive = Command::ArchiveFlag {
        project: ProjectKey::parse("shop").unwrap(),
        flag: flagstaff::domain::key::FlagKey::parse("new_checkout").unwrap(),
    };
    let item = Item { command: archive, base_version: Some(1), base: Value::Null, revert: false, left_out: false };
    for (title, in_project, author, place, at) in [
        ("oldest", &project, &ada, None, 1),
        ("hers", &project, &ada, place.clone(), 2),
        ("his", &project, &lin, place, 3),
        ("elsewhere", &blog, &ada, None, 4),
    ] {
        let draft = StoredDraft {
            id: DraftId::from_text(new_id()),
            project_id: in_project.clone(),
            author_id: author.clone(),
            place,
            title: title.to_owned(),
            items: vec![item.clone()],
            version: 1,
            created_at: NOON,
            updated_at: NOON.plus(at),
            request: None,
        };
        drafts::insert(&mut tx, &draft).await.unwrap();
    }
    let headings = drafts::headings(&mut tx, &project).await.unwrap();
    let told: Vec<_> = headings.iter().map(|heading| (heading.title.as_str(), &heading.author_id, heading.updated_at)).collect();
    assert_eq!(told, [("his", &lin, NOON.plus(3)), ("hers", &ada, NOON.plus(2)), ("oldest", &ada, NOON.plus(1))]);
    let own = drafts::states_of(&mut tx, &project, &ada).await.unwrap();
    assert_eq!(own.iter().map(|draft| draft.title.as_str()).collect::<Vec<_>>(), ["hers"]);
    assert_eq!(own[0].items, [item]);
}
