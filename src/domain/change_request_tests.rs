use super::*;

fn id(name: &str) -> UserId {
    UserId::from_text(name)
}

fn request() -> Request {
    Request {
        author: Some(id("ed")),
        coauthors: vec![id("eve")],
        status: Status::Open,
        origin: Origin::Asked,
        after_review: AfterReview::NotDue,
        round: 2,
        content: "c2".into(),
        asked: asked(2),
    }
}

fn asked(quorum: u8) -> Asked {
    Asked { quorum, reviewers: Role::Approver, because: Vec::new() }
}

fn verdict(who: &str, kind: EventKind, round: i64, content: &str) -> Event {
    let (actor, actor_id, content) = (format!("{who}@shop.example"), Some(id(who)), content.to_owned());
    Event { at: Timestamp::from_millis(0), actor, actor_id, kind, round, content, text: String::new() }
}

/// Ann and Abe are approvers, Ada an admin, Ed and Eve made it, Vic may only look, everybody else is gone.
fn role(who: &UserId) -> Option<Role> {
    match who.as_str() {
        "ada" | "eve" => Some(Role::Admin),
        "ann" | "abe" => Some(Role::Approver),
        "ed" => Some(Role::Editor),
        "vic" => Some(Role::Viewer),
        _ => None,
    }
}

fn approvals(events: &[Event]) -> (bool, usize) {
    let standing = standing(&request(), events, "c2", &asked(2), role);
    (standing.is_approved(), standing.approved_by.len())
}

#[test]
fn enough_people_have_to_look_at_this_very_content() {
    use EventKind::{Approved, ChangesRequested};
    let ann = || verdict("ann", Approved, 2, "c2");
    for (events, expected, why) in [
        (vec![], (false, 0), "nobody"),
        (vec![ann()], (false, 1), "one of two"),
        (vec![ann(), ann()], (false, 1), "one person twice"),
        (vec![ann(), verdict("abe", Approved, 2, "c2")], (true, 2), "two"),
        (vec![ann(), verdict("abe", Approved, 1, "c1")], (false, 1), "one of them before an edit"),
        (vec![ann(), verdict("abe", Approved, 2, "c1")], (false, 1), "one of another content"),
        (vec![ann(), verdict("ed", Approved, 2, "c2")], (false, 1), "the author"),
        (vec![ann(), verdict("eve", Approved, 2, "c2")], (false, 1), "a co-author, though admin"),
        (vec![ann(), verdict("vic", Approved, 2, "c2")], (false, 1), "one whose role is too small"),
        (vec![ann(), verdict("gus", Approved, 2, "c2")], (false, 1), "one who is gone"),
        (vec![ann(), verdict("ada", Approved, 2, "c2"), verdict("abe", ChangesRequested, 2, "c2")], (false, 2), "one objects"),
        (
            vec![ann(), verdict("abe", ChangesRequested, 2, "c2"), verdict("abe", Approved, 2, "c2")],
            (true, 2),
            "and is content now",
        ),
        (
            vec![ann(), verdict("abe", Approved, 2, "c2"), verdict("ada", ChangesRequested, 1, "c1")],
            (true, 2),
            "an old objection",
        ),
    ] {
        assert_eq!(approvals(&events), expected, "{why}");
    }
}

#[test]
fn what_it_leans_on_may_have_changed_since() {
    let events = [verdict("ann", EventKind::Approved, 2, "c2"), verdict("abe", EventKind::Approved, 2, "c2")];
    let now = standing(&request(), &events, "a segment was edited", &asked(2), role);
    assert_eq!((now.is_approved(), now.outdated.len()), (false, 2));
}

#[test]
fn a_stricter_policy_takes_hold_of_what_is_approved_already() {
    let events = [verdict("ann", EventKind::Approved, 2, "c2"), verdict("ada", EventKind::Approved, 2, "c2")];
    assert!(standing(&request(), &events, "c2", &asked(2), role).is_approved());
    let admins = Asked { reviewers: Role::Admin, ..asked(1) };
    let now = standing(&request(), &events, "c2", &admins, role);
    assert_eq!((now.approved_by, now.discounted), (vec![id("ada")], vec![(id("ann"), Bar::Role)]));
    assert_eq!(standing(&request(), &events, "c2", &asked(3), role).missing(), 1);
}

#[test]
fn who_may_not_is_told_why() {
    let looks = |who: &str| Onlooker { id: id(who), role: role(&id(who)) };
    let withdrawn = Request { status: Status::Withdrawn, ..request() };
    let applied = Request { status: Status::Applied, after_review: AfterReview::Open, ..request() };
    for (request, act, who, expected) in [
        (&request(), Act::Approve, "ann", None),
        (&request(), Act::Approve, "ed", Some("You had a hand in this change: somebody else approves it.")),
        (&request(), Act::Approve, "eve", Some("You had a hand in this change: somebody else approves it.")),
        (&request(), Act::Approve, "vic", Some("An approver decides on this; your role is viewer.")),
        (&request(), Act::Comment, "vic", None),
        (&request(), Act::Comment, "gus", Some("You are no member of this project any more.")),
        (&request(), Act::Apply, "gus", Some("You are no member of this project any more.")),
        (&request(), Act::Apply, "vic", Some("Needs the role editor; yours is viewer.")),
        (&request(), Act::Apply, "ed", None),
        (&request(), Act::Withdraw, "ann", Some("Only who made it, or an admin, takes it back.")),
        (&request(), Act::Withdraw, "ada", None),
        (&withdrawn, Act::Approve, "ann", Some("It was taken back; open it again first.")),
        (&withdrawn, Act::Reopen, "ed", None),
        (&request(), Act::Reopen, "ed", Some("Only what was taken back is opened again.")),
        (&applied, Act::Edit, "ed", Some("It is applied already.")),
        (&applied, Act::Review, "ed", Some("This is your own change: somebody else looks at it.")),
        (&applied, Act::Review, "ann", None),
        (&request(), Act::Review, "ann", Some("No review after the fact is due.")),
    ] {
        assert_eq!(refusal(request, act, &looks(who), &request.asked).as_deref(), expected, "{act:?} {who}");
    }
}
