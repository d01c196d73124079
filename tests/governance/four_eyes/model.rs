//! Five people do whatever comes into their heads, step by step, and a small model of the rules, written for this test
//! alone, says each time what must come of it.

use super::reference::*;
use super::*;

const FLAGS: [&str; 3] = ["new_checkout", "new_search", "new_cart"];

/// How many steps are gone; `MODEL_STEPS` makes it more.
fn steps() -> u32 {
    std::env::var("MODEL_STEPS").ok().map_or(1_000, |text| text.parse().unwrap())
}

fn came<T: std::fmt::Debug>(result: Result<T, Error>) -> Came {
    match result {
        Ok(_) => Came::Done,
        Err(Error::Requested { number, .. }) => Came::Requested(number),
        Err(Error::Confirm(confirm)) if confirm.review.is_some() => Came::Asks,
        Err(Error::Invalid(_) | Error::Forbidden(_) | Error::Conflict { .. } | Error::Unauthenticated) => Came::Refused,
        Err(other) => panic!("{other:?}"),
    }
}

fn state_of(wanted: Wanted) -> State {
    let rules = if wanted.segment { vec![for_segment()] } else { Vec::new() };
    let (enabled, off_variant, targets) = (wanted.enabled, VariantName::off(), Vec::new());
    State { enabled, off_variant, targets, rules, fallthrough: share(wanted.share) }
}

fn edit(flag: usize, wanted: Wanted) -> Command {
    let (project, environment) = (shop(), environment("production"));
    Command::EditState { project, environment, flag: key(FLAGS[flag]), state: state_of(wanted) }
}

fn members(size: usize) -> Segment {
    segment(&["one", "two", "three", "four"][..size])
}

impl Office {
    fn people(&self) -> [&Person; 5] {
        [&self.ed, &self.eve, &self.ann, &self.abe, &self.ada]
    }

    async fn take(&self, step: Step) -> Came {
        let people = self.people();
        match step {
            Step::Open { who, flag, wanted, anyway } => {
                let request = NewRequest { anyway, ..note("A step") };
                came(self.house.submit(people[who], Submission::new(edit(flag, wanted)).asking(request)).await)
            }
            Step::Edit { who, request, flag, wanted } => came(self.edit(people[who], request, edit(flag, wanted)).await),
            Step::Approve { who, request } => came(self.approve(people[who], request).await),
            Step::Object { who, request } => came(self.object(people[who], request).await),
            Step::Withdraw { who, request } => came(self.say(people[who], request, Say::Withdraw).await),
            Step::Reopen { who, request } => came(self.say(people[who], request, Say::Reopen).await),
            Step::Apply { who, request } => came(self.apply(people[who], request).await),
            Step::Review { who, request } => came(self.say(people[who], request, Say::Review).await),
            Step::Save { who, flag, wanted } => came(self.submit(people[who], edit(flag, wanted)).await),
            Step::Off { who, flag } => came(self.submit(people[who], switch(FLAGS[flag], "production", false)).await),
            Step::Segment { who, size } => {
                came(self.submit(people[who], Command::EditSegment { project: shop(), segment: members(size) }).await)
            }
            Step::Quorum { who, quorum } => {
                let policy = if quorum == 0 { Policy::default() } else { reviewed(quorum) };
                let command = self.environment(|it| it.policy = policy).await;
                let actor = who.map_or(Actor::System, |who| Actor::Person(people[who].clone()));
                came(self.house.governance.submit(&actor, Submission::new(command)).await)
            }
            Step::SetRole { whom, role } => {
                self.house.set_role(people[whom], role, false).await;
                Came::Done
            }
            Step::Disable { whom, disabled } => {
                let email = people[whom].email.clone();
                let command = if disabled { Command::DisableUser { email } } else { Command::EnableUser { email } };
                self.house.by_system(command).await;
                Came::Done
            }
        }
    }

    async fn flag_agrees(&self, model: &Model, flag: usize) {
        let (wanted, version) = model.flags[flag];
        assert_eq!(self.house.state(FLAGS[flag], "production").await, (state_of(wanted), version), "{}", FLAGS[flag]);
    }

    async fn request_agrees(&self, model: &Model, number: i64) {
        let (paper, stored) = (&model.papers[&number], self.stored(number).await.request);
        let due = stored.after_review == flagstaff::domain::change_request::AfterReview::Open;
        assert_eq!((stored.status, due), (paper.status, paper.after_review), "#{number}");
        if paper.status == Status::Open && model.flags[paper.flag].1 == paper.base {
            let rehearsed = self.rehearse(number).await;
            // One whose author may not any more says so, and not what the policies ask now.
            if rehearsed.trouble.is_none() {
                assert_eq!(rehearsed.standing.is_approved(), model.is_approved(paper), "#{number}: {rehearsed:?}");
            }
        }
    }
}

/// Something that somebody might do. Most of the time people look at the newest requests.
fn choose(dice: &mut Dice, model: &Model) -> Step {
    let (who, flag) = (dice.below(5), dice.below(3));
    let wanted = Wanted { enabled: true, share: 1_000 * dice.below(4) as u16, segment: dice.below(3) == 0 };
    let newest = model.papers.len();
    let kind = if newest == 0 { 0 } else { dice.below(100) };
    let request = (newest.saturating_sub(dice.below(newest.clamp(1, 3)))) as i64;
    match kind {
        0..8 => Step::Open { who, flag, wanted, anyway: dice.below(8) == 0 },
        8..12 => Step::Edit { who, request, flag, wanted },
        12..45 => Step::Approve { who, request },
        45..48 => Step::Object { who, request },
        48..52 => Step::Withdraw { who, request },
        52..58 => Step::Reopen { who, request },
        58..76 => Step::Apply { who, request },
        76..79 => Step::Review { who, request },
        79..83 => Step::Save { who, flag, wanted },
        83..85 => Step::Off { who, flag },
        85..89 => Step::Segment { who, size: dice.below(5) },
        89..92 => {
            let who = Some(who).filter(|_| dice.below(3) > 0);
            Step::Quorum { who, quorum: [0, 1, 1, 1, 2, 2, 2, 3][dice.below(8)] }
        }
        92..96 => {
            // Mostly back to what they were.
            let usual = [Role::Editor, Role::Editor, Role::Approver, Role::Approver, Role::Admin][who];
            Step::SetRole { whom: who, role: if dice.below(3) == 0 { Role::ALL[dice.below(4)] } else { usual } }
        }
        _ => Step::Disable { whom: who, disabled: dice.below(3) == 0 },
    }
}

fn touched(step: Step) -> (Option<usize>, Option<i64>) {
    match step {
        Step::Open { flag, .. } | Step::Save { flag, .. } | Step::Off { flag, .. } => (Some(flag), None),
        Step::Edit { request, .. }
        | Step::Approve { request, .. }
        | Step::Object { request, .. }
        | Step::Withdraw { request, .. }
        | Step::Reopen { request, .. }
        | Step::Apply { request, .. }
        | Step::Review { request, .. } => (None, Some(request)),
        Step::Segment { .. } | Step::Quorum { .. } | Step::SetRole { .. } | Step::Disable { .. } => (None, None),
    }
}

#[tokio::test]
async fn every_step_comes_to_what_the_model_says() {
    let office = Office::with(reviewed(1)).await;
    let start = Wanted { enabled: false, share: 0, segment: false };
    office.house.by_system(Command::CreateSegment { project: shop(), segment: members(1) }).await;
    for name in &FLAGS[1..] {
        office.house.by_system(Command::CreateFlag { project: shop(), flag: flag(name) }).await;
    }
    for at in 0..FLAGS.len() {
        office.house.by_system(edit(at, start)).await;
    }
    let human = |role| Human { role, disabled: false };
    let mut model = Model {
        people: [Role::Editor, Role::Editor, Role::Approver, Role::Approver, Role::Admin].map(human).into(),
        flags: vec![(start, 2); FLAGS.len()],
        segment: (1, 1),
        quorum: 1,
        papers: BTreeMap::new(),
    };
    let seed = std::env::var("MODEL_SEED").ok().map_or(20, |text| text.parse().unwrap());
    let (mut dice, mut ends) = (Dice(seed), BTreeMap::<String, u32>::new());
    for at in 0..steps() {
        let step = choose(&mut dice, &model);
        let (expected, found) = (model.take(step), office.take(step).await);
        assert_eq!(found, expected, "seed {seed}, step {at}: {step:?}");
        let name = format!("{step:?}");
        let outcome = if expected == Came::Refused { "refused" } else { "taken" };
        *ends.entry(format!("{} {outcome}", name.split(' ').next().unwrap())).or_default() += 1;
        let (flag, request) = touched(step);
        if let Some(number) = request {
            office.request_agrees(&model, number).await;
            office.flag_agrees(&model, model.papers[&number].flag).await;
        }
        if let Some(flag) = flag {
            office.flag_agrees(&model, flag).await;
        }
        if at % 250 == 0 {
            everything_agrees(&office, &model).await;
        }
    }
    everything_agrees(&office, &model).await;
    println!("{} steps, {} requests: {ends:?}", steps(), model.papers.len());
    assert!(ends.contains_key("Apply taken") && ends.contains_key("Apply refused"), "{ends:?}");
}

async fn everything_agrees(office: &Office, model: &Model) {
    for flag in 0..FLAGS.len() {
        office.flag_agrees(model, flag).await;
    }
    for number in model.papers.keys() {
        office.request_agrees(model, *number).await;
    }
    assert_eq!(office.waiting().await.len(), {
        let waits = |paper: &&Paper| paper.status == Status::Open || paper.after_review;
        model.papers.values().filter(waits).count()
    });
}
