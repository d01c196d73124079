//! Reviews of large changes, and changes that would look small.

use super::*;

/// What a change from one state to the next is met with, where large ones are reviewed.
async fn is_large(office: &Office, change: impl FnOnce(&mut State)) -> bool {
    let wanted = office.wanted(change).await;
    match office.submit(&office.ed, wanted).await {
        Ok(_) => false,
        asked if asks(&asked) => true,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_share_that_grows_by_little_is_free_and_by_much_is_not() {
    let office = Office::with(large()).await;
    assert!(!is_large(&office, |state| (state.enabled, state.fallthrough) = (true, share(2_500))).await);
    assert!(is_large(&office, |state| state.fallthrough = share(5_001)).await);
    assert!(!is_large(&office, |state| state.fallthrough = share(5_000)).await);
    assert!(is_large(&office, |state| state.rules = vec![for_everybody()]).await);
}

fn for_everybody() -> Rule {
    Rule { conditions: Vec::new(), ..for_segment() }
}

/// At its moment it answers everybody, and nobody is asked by then.
#[tokio::test]
async fn what_an_expiry_will_serve_counts_when_a_flag_is_turned_on() {
    use flagstaff::domain::flag::{ExpiryAction, Flag};
    use flagstaff::domain::time::DAY;
    let office = Office::with(large()).await;
    let now = office.house.clock.now();
    let import = |flag: &Flag, serve: Serve| Command::Import {
        project: shop(),
        environment: environment("production"),
        flags: vec![(flag.clone(), State { enabled: true, fallthrough: serve, ..State::initial(flag) })],
        base_versions: Vec::new(),
        base_states: Vec::new(),
    };
    for (name, variant, days, is_large) in [
        ("later_for_all", VariantName::on(), 1, true),
        ("for_all_by_now", VariantName::on(), -1, true),
        ("later_for_nobody", VariantName::off(), 1, false),
    ] {
        let on_expiry = ExpiryAction::Serve(variant.clone());
        let one = Flag { on_expiry, expires_at: Some(now.plus(days * DAY)), ..flag(name) };
        let result = office.submit(&office.ed, import(&one, share(100))).await;
        assert_eq!(asks(&result), is_large, "{name}, from a file: {result:?}");
        // The same by hand: made while it is off, which answers nobody, and turned on.
        let by_hand = Flag { key: key(&format!("{name}_by_hand")), ..one };
        office.submit(&office.ed, Command::CreateFlag { project: shop(), flag: by_hand.clone() }).await.unwrap();
        let (project, environment) = (shop(), environment("production"));
        let state = State { enabled: true, fallthrough: share(100), ..State::initial(&by_hand) };
        let flag = by_hand.key.clone();
        let result = office.submit(&office.ed, Command::EditState { project, environment, flag, state }).await;
        assert_eq!(asks(&result), is_large, "{name}, turned on: {result:?}");
    }
}

/// Who may wait longer for what is only talked about is not asked for a review of it.
#[tokio::test]
async fn a_last_day_from_which_only_words_follow_is_free() {
    use flagstaff::domain::flag::{ExpiryAction, Flag};
    let office = Office::open().await;
    let later = |on_expiry: ExpiryAction| Flag {
        expires_at: Some(office.house.clock.now().plus(200 * flagstaff::domain::time::DAY)),
        on_expiry,
        ..flag("new_checkout")
    };
    let edit = |flag: Flag| Command::EditFlag { project: shop(), flag };
    office.submit(&office.ed, edit(later(ExpiryAction::Notify))).await.unwrap();
    office.submit(&office.ed, edit(later(ExpiryAction::Freeze))).await.unwrap();
    for acts in [ExpiryAction::Archive, ExpiryAction::Serve(VariantName::off())] {
        assert!(asks(&office.submit(&office.ed, edit(later(acts))).await));
    }
}

#[tokio::test]
async fn what_is_off_is_free_to_change_and_not_to_turn_on() {
    let office = Office::with(large()).await;
    assert!(!is_large(&office, |state| state.rules = vec![for_everybody()]).await);
    assert!(is_large(&office, |state| state.enabled = true).await);
    assert!(asks(&office.submit(&office.ed, on()).await));
}

/// Off serves everybody the off variant: another one is another answer for everybody, now or once it is off.
#[tokio::test]
async fn another_off_variant_is_large_in_whatever_it_is_hidden() {
    let office = Office::with(large()).await;
    let off = |state: &mut State| state.off_variant = VariantName::on();
    assert!(is_large(&office, off).await);
    let turned_on =
        |state: &mut State| (state.enabled, state.off_variant, state.fallthrough) = (true, VariantName::on(), share(0));
    assert!(is_large(&office, turned_on).await);
    office.house.by_system(office.wanted(|state| (state.enabled, state.fallthrough) = (true, share(0))).await).await;
    assert!(is_large(&office, |state| (state.enabled, state.off_variant) = (false, VariantName::on())).await);
}

#[tokio::test]
async fn many_small_changes_at_once_are_large() {
    let office = Office::with(Policy { large: Large { changes: 2, ..Large::default() }, ..large() }).await;
    let mut changes = Vec::new();
    for name in ["one", "two", "three"] {
        office.house.by_system(Command::CreateFlag { project: shop(), flag: flag(name) }).await;
        let (state, _) = office.house.state(name, "production").await;
        let state = State { fallthrough: share(10), ..state };
        let (project, environment) = (shop(), environment("production"));
        changes.push(Submission::new(Command::EditState { project, environment, flag: key(name), state }));
    }
    let ed = Actor::Person(office.ed.clone());
    assert!(asks(&office.house.governance.submit_all(&ed, changes.clone()).await));
    changes.pop();
    office.house.governance.submit_all(&ed, changes).await.unwrap();
}

#[tokio::test]
async fn a_whole_environment_brought_back_is_large_however_little_changes() {
    let office = Office::with(large()).await;
    let wanted = office.wanted(|state| state.fallthrough = share(10)).await;
    let revert = Submission { revert: true, ..Submission::new(wanted.clone()) };
    assert!(asks(&office.house.submit(&office.ed, revert).await));
    office.submit(&office.ed, wanted).await.unwrap();
}

#[tokio::test]
async fn a_kill_switch_is_large_and_off_is_free() {
    let office = Office::with(large()).await;
    let kill = flagstaff::domain::flag::Flag { kind: FlagKind::KillSwitch, ..flag("payments") };
    office.house.by_system(Command::CreateFlag { project: shop(), flag: kill }).await;
    office.submit(&office.ed, switch("payments", "production", false)).await.unwrap();
    assert!(asks(&office.submit(&office.ed, switch("payments", "production", true)).await));
    assert!(!office.house.state("payments", "production").await.0.enabled);
}
