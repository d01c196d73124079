//! Ways around a review that go by what was looked at and what is applied in the end.

use super::*;
use crate::house::{NOON, refusal};
use flagstaff::domain::flag::{ExpiryAction, Flag};
use flagstaff::domain::time::HOUR;

impl Office {
    /// The flag as a file brings it, with that state in production.
    pub async fn imported(&self, enabled: bool) -> (Flag, State) {
        let (state, _) = self.house.state("new_checkout", "production").await;
        (flag("new_checkout"), State { enabled, ..state })
    }

    async fn approved(&self, command: Command) -> i64 {
        let number = self.ask(&self.ed, command).await;
        self.approve(&self.ann, number).await.unwrap();
        number
    }

    async fn is_short(&self, number: i64) {
        let said = refusal(self.apply(&self.ed, number).await);
        assert!(said.contains("approvals are missing"), "{said}");
    }
}

#[tokio::test]
async fn what_was_edited_after_its_approval_is_not_approved() {
    let office = Office::open().await;
    let number = office.approved(office.wanted(|state| state.fallthrough = share(100)).await).await;
    let more = office.wanted(|state| (state.enabled, state.fallthrough) = (true, share(10_000))).await;
    assert!(matches!(office.edit(&office.ed, number, more).await, Err(Error::Requested { .. })));
    office.is_short(number).await;
    // Nor when it is put back as it was.
    let less = office.wanted(|state| state.fallthrough = share(100)).await;
    assert!(matches!(office.edit(&office.ed, number, less).await, Err(Error::Requested { .. })));
    office.is_short(number).await;
}

#[tokio::test]
async fn what_was_taken_back_and_opened_again_is_looked_at_again() {
    let office = Office::open().await;
    let number = office.approved(on()).await;
    office.say(&office.ed, number, Say::Withdraw).await.unwrap();
    office.say(&office.ed, number, Say::Reopen).await.unwrap();
    office.is_short(number).await;
}

#[tokio::test]
async fn a_page_of_an_older_request_edits_nothing() {
    let office = Office::open().await;
    let number = office.ask(&office.ed, on()).await;
    let edits = Some((number, office.stored(number).await.request.round));
    let edit = || Submission::new(on()).asking(NewRequest { edits, ..note("Late") });
    let more = office.wanted(|state| (state.enabled, state.fallthrough) = (true, share(5_000))).await;
    assert!(matches!(office.edit(&office.eve, number, more).await, Err(Error::Requested { .. })));
    assert!(matches!(office.house.submit(&office.ed, edit()).await, Err(Error::Conflict { .. })));
}

/// What people say about a request keeps nobody from editing it; the edit then begins a new round.
#[tokio::test]
async fn words_about_a_request_are_no_edit_of_it() {
    let office = Office::open().await;
    let number = office.ask(&office.ed, on()).await;
    let edits = Some((number, office.stored(number).await.request.round));
    office.say(&office.ann, number, Say::Comment).await.unwrap();
    office.approve(&office.ann, number).await.unwrap();
    let edit = Submission::new(on()).asking(NewRequest { edits, ..note("Said better") });
    assert!(matches!(office.house.submit(&office.ed, edit).await, Err(Error::Requested { .. })));
    office.is_short(number).await;
}

#[tokio::test]
async fn nobody_approves_what_they_have_not_seen() {
    let office = Office::open().await;
    let number = office.ask(&office.ed, on()).await;
    let seen = office.rehearse(number).await.content;
    let more = office.wanted(|state| (state.enabled, state.fallthrough) = (true, share(5_000))).await;
    assert!(matches!(office.edit(&office.ed, number, more).await, Err(Error::Requested { .. })));
    for hash in [seen, String::new(), "0".repeat(64)] {
        assert!(matches!(office.say(&office.ann, number, Say::Approve(hash)).await, Err(Error::Conflict { .. })));
    }
    office.is_short(number).await;
}

#[tokio::test]
async fn a_segment_behind_what_was_approved_is_part_of_it() {
    let office = Office::open().await;
    office.house.by_system(Command::CreateSegment { project: shop(), segment: segment(&["one"]) }).await;
    let number = office.approved(office.wanted(|state| (state.enabled, state.rules) = (true, vec![for_segment()])).await).await;
    office.submit(&office.ed, Command::EditSegment { project: shop(), segment: segment(&["one", "two"]) }).await.unwrap();
    office.is_short(number).await;
    office.approve(&office.ann, number).await.unwrap();
    office.apply(&office.ed, number).await.unwrap();
    // From now on it is what production asks for.
    let edit = Command::EditSegment { project: shop(), segment: segment(&["one", "two", "three"]) };
    assert!(asks(&office.submit(&office.ed, edit).await));
}

/// A version alone would tell nothing of that: both are at their first.
#[tokio::test]
async fn another_segment_in_its_place_is_not_the_one_that_was_seen() {
    let office = Office::open().await;
    office.house.by_system(Command::CreateSegment { project: shop(), segment: segment(&["one"]) }).await;
    let number = office.approved(office.wanted(|state| (state.enabled, state.rules) = (true, vec![for_segment()])).await).await;
    let beta = segment(&["everybody"]);
    office.submit(&office.ed, Command::DeleteSegment { project: shop(), segment: beta.key.clone() }).await.unwrap();
    office.submit(&office.ed, Command::CreateSegment { project: shop(), segment: beta }).await.unwrap();
    office.is_short(number).await;
}

#[tokio::test]
async fn a_segment_made_anew_is_not_the_one_that_an_edit_was_made_of() {
    let office = Office::open().await;
    office.house.by_system(Command::CreateSegment { project: shop(), segment: segment(&["one"]) }).await;
    let edit = Command::EditSegment { project: shop(), segment: segment(&["one", "two"]) };
    let anyway = NewRequest { anyway: true, ..note("More people") };
    let number = number(office.house.submit(&office.ed, Submission::new(edit).asking(anyway)).await);
    office.approve(&office.ann, number).await.unwrap();
    let beta = segment(&["nobody"]);
    office.submit(&office.ed, Command::DeleteSegment { project: shop(), segment: beta.key.clone() }).await.unwrap();
    office.submit(&office.ed, Command::CreateSegment { project: shop(), segment: beta }).await.unwrap();
    office.is_short(number).await;
}

#[tokio::test]
async fn values_behind_what_was_approved_are_part_of_it() {
    let office = Office::open().await;
    let number = office.approved(on()).await;
    let mut other = flag("new_checkout");
    other.variants[0].value = serde_json::json!(false);
    office.house.by_system(Command::EditFlag { project: shop(), flag: other }).await;
    office.is_short(number).await;
}

#[tokio::test]
async fn words_about_a_flag_may_change_meanwhile() {
    let office = Office::open().await;
    let number = office.approved(on()).await;
    let words = Flag { description: "Better words".into(), ..flag("new_checkout") };
    office.submit(&office.ed, Command::EditFlag { project: shop(), flag: words }).await.unwrap();
    office.apply(&office.ed, number).await.unwrap();
}

#[tokio::test]
async fn what_was_approved_over_an_older_state_is_not_put_over_a_newer_one() {
    let office = Office::open().await;
    let number = office.approved(office.wanted(|state| state.fallthrough = share(100)).await).await;
    office.house.by_system(on()).await;
    assert!(matches!(office.apply(&office.ed, number).await, Err(Error::Conflict { .. })));
    assert!(office.rehearse(number).await.is_behind);
    assert_eq!(office.house.state("new_checkout", "production").await.1, 2);
}

/// A file names no version of what it replaces; what was looked at does.
#[tokio::test]
async fn a_file_is_approved_over_what_was_there() {
    let office = Office::open().await;
    let flags = vec![office.imported(true).await];
    let import = |base_versions, base_states| Command::Import {
        project: shop(),
        environment: environment("production"),
        flags: flags.clone(),
        base_versions,
        base_states,
    };
    let number = office.approved(import(Vec::new(), Vec::new())).await;
    office.house.by_system(office.wanted(|state| state.fallthrough = share(100)).await).await;
    office.is_short(number).await;
}

#[tokio::test]
async fn nothing_is_applied_twice() {
    let office = Office::open().await;
    let number = office.approved(on()).await;
    office.apply(&office.ed, number).await.unwrap();
    office.house.by_system(switch("new_checkout", "production", false)).await;
    assert_eq!(refusal(office.apply(&office.ed, number).await), "It is applied already.");
    assert!(refusal(office.say(&office.ed, number, Say::Reopen).await).contains("Only what was taken back"));
    assert!(refusal(office.say(&office.ed, number, Say::Schedule(NOON.plus(HOUR).into())).await).contains("applied already"));
    let system = &Actor::System;
    assert!(office.house.governance.apply_request(system, &shop(), number, By::Approval).await.is_err());
    assert!(!office.is_on().await);
}

#[tokio::test]
async fn a_moment_chosen_afterwards_approves_nothing() {
    let office = Office::open().await;
    let number = office.ask(&office.ed, on()).await;
    office.approve(&office.ann, number).await.unwrap();
    office.say(&office.ed, number, Say::Schedule(NOON.plus(HOUR).into())).await.unwrap();
    let more = office.wanted(|state| (state.enabled, state.fallthrough) = (true, share(10_000))).await;
    assert!(matches!(office.edit(&office.ed, number, more).await, Err(Error::Requested { .. })));
    assert_eq!(office.stored(number).await.apply_at, None);
    office.say(&office.ed, number, Say::Schedule(NOON.plus(HOUR).into())).await.unwrap();
    office.house.clock.set(NOON.plus(2 * HOUR));
    office.house.governance.apply_due().await.unwrap();
    assert!(!office.is_on().await);
}

/// Between the look at what is due and the turn to apply it, somebody may think better of it.
#[tokio::test]
async fn what_is_not_due_does_not_apply_itself() {
    let office = Office::open().await;
    let number = office.approved(on()).await;
    let governance = &office.house.governance;
    assert!(refusal(governance.apply_request(&Actor::System, &shop(), number, By::Approval).await).contains("not due"));
    office.say(&office.ed, number, Say::Schedule(NOON.plus(HOUR).into())).await.unwrap();
    assert!(refusal(governance.apply_request(&Actor::System, &shop(), number, By::Approval).await).contains("not due"));
    assert!(!office.is_on().await);
}

/// Each is another command that would have it on, or answer as if it were.
#[tokio::test]
async fn every_other_command_to_the_same_end_asks_as_well() {
    let office = Office::open().await;
    office.house.by_system(switch("new_checkout", "staging", true)).await;
    let (staging, _) = office.house.state("new_checkout", "staging").await;
    let mut values = flag("new_checkout");
    values.variants.iter_mut().for_each(|variant| variant.value = serde_json::json!(true));
    let import = |place: &str, (flag, state)| Command::Import {
        project: shop(),
        environment: environment(place),
        flags: vec![(flag, state)],
        base_versions: Vec::new(),
        base_states: Vec::new(),
    };
    let cloned = (flag("clone"), State { enabled: true, ..staging.clone() });
    let (expires_at, on_expiry) = (Some(NOON.plus(-HOUR)), ExpiryAction::Serve(VariantName::on()));
    let expired = Flag { expires_at, on_expiry, ..flag("new_checkout") };
    for (way, command) in [
        ("the switch", on()),
        ("a state copied from staging", edit_state("production", staging.clone())),
        ("a file into production", import("production", (flag("new_checkout"), staging.clone()))),
        ("a new flag from a file", import("production", cloned)),
        ("other values", Command::EditFlag { project: shop(), flag: values.clone() }),
        ("other values, from a file into staging", import("staging", (values, staging.clone()))),
        ("another expiry", Command::EditFlag { project: shop(), flag: expired }),
        ("the archive", Command::ArchiveFlag { project: shop(), flag: key("new_checkout") }),
    ] {
        let result = office.submit(&office.ed, command.clone()).await;
        assert!(asks(&result), "{way}: {result:?}");
        // Nor does anything of it go through beside something free.
        let bundle = vec![Submission::new(switch("new_checkout", "development", true)), Submission::new(command)];
        let result = office.house.governance.submit_all(&Actor::Person(office.ed.clone()), bundle).await;
        assert!(asks(&result), "{way}, bundled: {result:?}");
    }
    assert!(!office.is_on().await && !office.house.state("new_checkout", "development").await.0.enabled);
}

#[tokio::test]
async fn bringing_a_flag_back_from_the_archive_asks_as_well() {
    let office = Office::open().await;
    office.house.by_system(on()).await;
    office.house.by_system(Command::ArchiveFlag { project: shop(), flag: key("new_checkout") }).await;
    assert!(asks(&office.submit(&office.ed, Command::RestoreFlag { project: shop(), flag: key("new_checkout") }).await));
}

#[tokio::test]
async fn taking_back_what_was_done_asks_as_well() {
    let office = Office::open().await;
    office.house.by_system(on()).await;
    office.submit(&office.ed, switch("new_checkout", "production", false)).await.unwrap();
    let rows = office.house.rows().await;
    let off = rows.iter().rfind(|row| row.action == "state.disable").unwrap();
    let undo = flagstaff::server::governance::undo::command(off).unwrap();
    assert!(asks(&office.submit(&office.ed, undo).await));
    assert!(!office.is_on().await);
}

/// A kill switch is on from its first moment, so it answers whoever asks for that key already.
#[tokio::test]
async fn a_new_flag_that_begins_on_asks_as_well() {
    let office = Office::open().await;
    let new = Flag { kind: FlagKind::KillSwitch, ..flag("asked_for_in_vain") };
    assert!(asks(&office.submit(&office.ed, Command::CreateFlag { project: shop(), flag: new.clone() }).await));
    let import = |place: &str| Command::Import {
        project: shop(),
        environment: environment(place),
        flags: vec![(new.clone(), State::initial(&new))],
        base_versions: Vec::new(),
        base_states: Vec::new(),
    };
    assert!(asks(&office.submit(&office.ed, import("staging")).await));
    office.submit(&office.ed, Command::CreateFlag { project: shop(), flag: flag("begins_off") }).await.unwrap();
}

#[tokio::test]
async fn a_secret_is_not_part_of_a_request() {
    let office = Office::open().await;
    let key = Command::CreateApiKey {
        project: shop(),
        environment: environment("production"),
        name: "Web".into(),
        kind: flagstaff::domain::api_key::ApiKeyKind::Server,
        origins: Vec::new(),
        expires_at: None,
    };
    let secret = flagstaff::server::governance::Sealed::ApiSecret { public_id: "abc".into(), secret_hash: "def".into() };
    let anyway = NewRequest { anyway: true, ..note("A key") };
    let asked = office.house.submit(&office.ada, Submission::new(key).sealing(secret).asking(anyway)).await;
    assert!(refusal(asked).contains("cannot wait"));
}
