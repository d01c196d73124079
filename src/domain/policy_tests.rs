use super::*;
use crate::domain::time::{DAY, HOUR};

const NOW: Timestamp = Timestamp::from_millis(20_000 * DAY);

fn review(when: When, quorum: u8, reviewers: Role) -> Review {
    Review { when, quorum, reviewers }
}

fn asked(policy: &Policy, kinds: &[FlagKind], size: Size) -> Option<(u8, Role)> {
    policy.asks("production", kinds, size, false).map(|asked| (asked.quorum, asked.reviewers))
}

#[test]
fn an_environment_starts_with_asking_nothing() {
    let large = Size { growth: WHOLE, changes: 5_000, revert: true, gate: false };
    assert_eq!(asked(&Policy::default(), &[FlagKind::KillSwitch], large), None);
    assert!(Policy::default().problems().is_empty());
    assert!(Policy::default().is_usual());
}

#[test]
fn the_strictest_of_the_kinds_decides() {
    let policy = Policy {
        review: review(When::Always, 1, Role::Approver),
        kinds: [
            (FlagKind::Release, review(When::Never, 1, Role::Approver)),
            (FlagKind::KillSwitch, review(When::Always, 2, Role::Approver)),
            (FlagKind::Permission, review(When::Always, 1, Role::Admin)),
        ]
        .into(),
        ..Policy::default()
    };
    for (kinds, expected) in [
        (&[][..], Some((1, Role::Approver))),
        (&[FlagKind::Release], None),
        (&[FlagKind::Experiment], Some((1, Role::Approver))),
        (&[FlagKind::Release, FlagKind::KillSwitch], Some((2, Role::Approver))),
        (&[FlagKind::KillSwitch, FlagKind::Permission], Some((2, Role::Admin))),
    ] {
        assert_eq!(asked(&policy, kinds, Size::default()), expected, "{kinds:?}");
    }
    let of_the_policy = policy.asks("production", &[], Size::default(), true).unwrap_or_else(|| panic!("nothing is asked"));
    assert_eq!((of_the_policy.quorum, of_the_policy.reviewers), (2, Role::Admin));
}

#[test]
fn kinds_that_are_met_alike_are_told_from_those_that_are_not() {
    let large = Policy { review: review(When::Large, 1, Role::Approver), ..Policy::default() };
    let apart = Policy { kinds: [(FlagKind::Experiment, review(When::Never, 1, Role::Approver))].into(), ..large.clone() };
    let any_kill_switch = Policy { large: Large { kill_switch: false, ..large.large }, ..large.clone() };
    for (policy, other, expected) in [
        (&Policy::default(), FlagKind::KillSwitch, true),
        (&large, FlagKind::Experiment, true),
        (&large, FlagKind::KillSwitch, false),
        (&any_kill_switch, FlagKind::KillSwitch, true),
        (&apart, FlagKind::Experiment, false),
        (&apart, FlagKind::Operational, true),
    ] {
        assert_eq!(policy.treats_alike(FlagKind::Release, other), expected, "{other:?} {policy:?}");
        assert_eq!(policy.treats_alike(other, FlagKind::Release), expected, "{other:?} {policy:?}");
    }
}

#[test]
fn a_change_is_large_by_any_of_four_measures() {
    let policy = Policy { review: review(When::Large, 1, Role::Approver), ..Policy::default() };
    let size = |growth, changes, revert| Size { growth, changes, revert, gate: false };
    for (kind, size, expected) in [
        (FlagKind::Release, size(2_500, 10, false), None),
        (FlagKind::Release, size(2_501, 1, false), Some("a share grows by 25.01 %, where 25 % are free")),
        (FlagKind::Release, size(WHOLE, 1, false), Some("a share may grow by the whole, where 25 % are free")),
        (FlagKind::KillSwitch, size(0, 1, false), Some("this is a kill switch")),
        (FlagKind::Release, size(0, 11, false), Some("these are 11 changes at once, where 10 are free")),
        (FlagKind::Release, size(0, 1, true), Some("a whole environment is brought back")),
    ] {
        let because = policy.asks("production", &[kind], size, false).map(|asked| asked.because.join("; "));
        let expected = expected.map(|why| format!("production reviews large changes, and {why}"));
        assert_eq!(because, expected, "{kind:?} {size:?}");
    }
    let gate = Size { gate: true, ..Size::default() };
    let of = |policy: &Policy| policy.asks("production", &[FlagKind::Release], gate, false).map(|asked| asked.because.join("; "));
    assert_eq!(of(&policy).as_deref(), Some("production has steps approved that wait for it"), "however little that is");
    assert_eq!(of(&Policy::default()), None);
}

#[test]
fn who_changes_the_policy_is_asked_where_anything_is() {
    let policy = Policy { review: review(When::Large, 2, Role::Admin), ..Policy::default() };
    assert!(policy.asks("production", &[], Size::default(), true).is_some());
    assert!(Policy::default().asks("production", &[], Size::default(), true).is_none());
}

#[test]
fn a_freeze_holds_from_its_beginning_until_just_before_its_end() {
    let freeze = Freeze { name: "Black Friday".into(), from: NOW, until: NOW.plus(DAY) };
    let policy = Policy { freezes: vec![freeze], ..Policy::default() };
    for (offset, frozen) in [(-1, false), (0, true), (DAY - 1, true), (DAY, false)] {
        assert_eq!(policy.frozen(NOW.plus(offset)).is_some(), frozen, "{offset}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let policy = Policy {
        review: review(When::Always, 0, Role::Editor),
        kinds: [(FlagKind::Release, review(When::Always, 4, Role::Admin))].into(),
        large: Large { growth: WHOLE + 1, ..Large::default() },
        freezes: vec![Freeze { name: " ".into(), from: NOW, until: NOW }],
    };
    let fields: Vec<String> = policy.problems().into_iter().map(|problem| problem.field).collect();
    let expected =
        ["review.quorum", "review.reviewers", "kinds.release.quorum", "large.growth", "freezes[0].name", "freezes[0].until"];
    assert_eq!(fields, expected);
}

#[test]
fn the_policy_is_said_in_words() {
    let policy = Policy {
        review: review(When::Large, 1, Role::Approver),
        kinds: [
            (FlagKind::KillSwitch, review(When::Always, 2, Role::Admin)),
            (FlagKind::Operational, review(When::Never, 1, Role::Approver)),
        ]
        .into(),
        freezes: vec![
            Freeze { name: "Over".into(), from: NOW.plus(-DAY), until: NOW },
            Freeze { name: "Black Friday".into(), from: NOW.plus(HOUR), until: NOW.plus(DAY) },
        ],
        ..Policy::default()
    };
    let expected = "Large changes need the approval of one approver.
Changes of operational flags need no review.
Every change of kill switch flags needs the approval of two admins.
A change is large when a share grows by more than 25 %, it is to a kill switch, more than 10 things change at once or a whole environment is brought back. Users who are named one by one do not count.
Who made a change, or had a hand in it, never approves it, whatever their role.
Nothing but turning off from 4 Oct 2024 01:00 UTC until 5 Oct 2024 00:00 UTC: Black Friday.
Turning a flag off is never held up; where a review was due, somebody else looks at it afterwards.";
    assert_eq!(words(&policy, NOW).join("\n"), expected);
    assert_eq!(words(&Policy::default(), NOW)[0], "No change needs a review.");
}

#[test]
fn a_policy_is_told_in_a_few_words() {
    let always = review(When::Always, 1, Role::Approver);
    let by_kind = Policy { kinds: [(FlagKind::KillSwitch, always)].into(), ..Policy::default() };
    let freeze = Freeze { name: "Moving".into(), from: NOW, until: NOW.plus(HOUR) };
    for (policy, expected) in [
        (Policy::default(), "reviews nothing"),
        (Policy { review: always, ..Policy::default() }, "reviews every change"),
        (Policy { review: review(When::Large, 2, Role::Admin), ..Policy::default() }, "reviews large changes"),
        (by_kind, "reviews by kind"),
        (Policy { freezes: vec![freeze], ..Policy::default() }, "reviews nothing; frozen until 4 Oct 2024 01:00 UTC"),
    ] {
        assert_eq!(brief(&policy, NOW), expected);
    }
}

#[test]
fn too_few_who_could_approve_are_told_plainly() {
    let told = |quorum: u8, reviewers: Role, able: &[&str]| {
        concern(review(When::Always, quorum, reviewers), &able.iter().map(|&name| name.to_owned()).collect::<Vec<_>>())
    };
    for (quorum, reviewers, able, expected) in [
        (1, Role::Approver, &[][..], Some("Nobody could approve here, where one approver must: add approvers")),
        (1, Role::Approver, &["Ada"], Some("Only Ada could approve here: add approvers, or nothing of theirs can be applied")),
        (1, Role::Approver, &["Ada", "Bob"], None),
        (2, Role::Admin, &["Ada"], Some("Only Ada could approve here, where two admins must: add admins, or nothing can")),
        (
            2,
            Role::Admin,
            &["Ada", "Bob"],
            Some("Only Ada and Bob could approve here, where two admins must: add admins, or nothing of theirs"),
        ),
        (2, Role::Admin, &["Ada", "Bob", "Cy"], None),
        (
            3,
            Role::Approver,
            &["Ada", "Bob"],
            Some("Only Ada and Bob could approve here, where three approvers must: add approvers, or nothing can"),
        ),
    ] {
        let found = told(quorum, reviewers, able);
        match expected {
            None => assert_eq!(found, None),
            Some(start) => assert!(found.as_deref().is_some_and(|text| text.starts_with(start)), "{found:?}"),
        }
    }
}
