//! The demo's story, from the first day to now: who reads the audit finds reasons and dates that fit together.

use super::flags::{self, ADDRESS, BANNER, CHECKOUT, DARK, LEGACY, LIMITS, PAYMENTS, PRICING, REPORTS, UPLOAD};
use super::{attributes, internal, key, personas, states, teams};
use crate::domain::command::Command;
use crate::domain::environment::Environment;
use crate::domain::flag::Flag;
use crate::domain::key::{EnvironmentKey, FlagKey};
use crate::domain::project::Project;
use crate::domain::state::State;
use crate::domain::time::{DAY, HOUR, MINUTE, Timestamp};
use crate::server::error::Error;
use crate::server::governance::Submission;
use crate::server::governance::change_requests::NewRequest;

pub const ENVIRONMENTS: [&str; 3] = ["development", "staging", "production"];

/// A change and when it was made.
pub struct Moment {
    pub at: Timestamp,
    pub command: Command,
    pub reason: &'static str,
}

/// The moment of the story that was so many days before `now`, not always at the same minute of the day.
pub fn days_ago(now: Timestamp, days: i64) -> Timestamp {
    now.plus(-days * DAY - (days * 37 % 300) * MINUTE)
}

/// Days before now at which answers changed in production, for the counts to agree with.
pub mod days {
    pub const CHECKOUT_CREATED: i64 = 21;
    pub const CHECKOUT_REHEARSED: i64 = 20;
    pub const CHECKOUT_INVITED: i64 = 8;
    pub const PRICING_CREATED: i64 = 26;
    pub const PRICING_REHEARSED: i64 = 25;
    pub const PRICING_STARTED: i64 = 22;
    pub const OUTAGE: i64 = 17;
    pub const WAVE: i64 = 12;
    pub const ADDRESS_ON: i64 = 24;
    pub const UPLOAD_CREATED: i64 = 9;
    pub const UPLOAD_REHEARSED: i64 = 7;
}

/// How long the payment provider was away.
pub const OUTAGE: i64 = 14 * MINUTE;
/// How long the wave of stolen cards lasted.
pub const WAVE: i64 = 19 * HOUR;

/// Collects moments; `days` and `minutes` are before now.
struct Story {
    now: Timestamp,
    moments: Vec<Moment>,
}

impl Story {
    fn tell(&mut self, at: Timestamp, command: Command, reason: &'static str) {
        self.moments.push(Moment { at, command, reason });
    }

    fn days_ago(&self, days: i64) -> Timestamp {
        days_ago(self.now, days)
    }

    fn create(&mut self, days: i64, flag: Flag, reason: &'static str) -> Result<(), Error> {
        let command = Command::CreateFlag { project: key()?, flag };
        self.tell(self.days_ago(days), command, reason);
        Ok(())
    }

    fn state(&mut self, at: Timestamp, place: (&str, &str), state: State, reason: &'static str) -> Result<(), Error> {
        let (flag, environment) = parsed(place)?;
        self.tell(at, Command::EditState { project: key()?, environment, flag, state }, reason);
        Ok(())
    }

    fn switch(&mut self, at: Timestamp, place: (&str, &str), enabled: bool, reason: &'static str) -> Result<(), Error> {
        let (flag, environment) = parsed(place)?;
        self.tell(at, Command::SetEnabled { project: key()?, environment, flag, enabled }, reason);
        Ok(())
    }

    /// The same state in the two environments before production.
    fn rehearse(&mut self, days: i64, flag: &str, state: &State, reason: &'static str) -> Result<(), Error> {
        self.state(self.days_ago(days), (flag, "development"), state.clone(), reason)?;
        self.state(self.days_ago(days).plus(3 * HOUR), (flag, "staging"), state.clone(), reason)
    }
}

fn parsed((flag, environment): (&str, &str)) -> Result<(FlagKey, EnvironmentKey), Error> {
    Ok((FlagKey::parse(flag).map_err(internal)?, EnvironmentKey::parse(environment).map_err(internal)?))
}

/// Everything that happened before `now`, in order.
pub fn moments(now: Timestamp) -> Result<Vec<Moment>, Error> {
    let mut story = Story { now, moments: Vec::new() };
    beginnings(&mut story)?;
    releases(&mut story)?;
    operations(&mut story)?;
    story.moments.sort_by_key(|moment| moment.at);
    Ok(story.moments)
}

fn beginnings(story: &mut Story) -> Result<(), Error> {
    let keys = ENVIRONMENTS.into_iter().zip(0..);
    let environments =
        keys.map(|(text, position)| EnvironmentKey::parse(text).map(|key| Environment::usual(key, position)).map_err(internal));
    let command = Command::CreateProject {
        project: Project::new(key()?, "Demo shop"),
        environments: environments.collect::<Result<_, _>>()?,
    };
    story.tell(story.days_ago(118), command, "The shop's flags move out of its configuration files");
    for team in teams::all()? {
        let command = Command::CreateTeam { project: key()?, team };
        story.tell(story.days_ago(118).plus(MINUTE), command, "Who answers for which flags");
    }
    let command = Command::CreateSegment { project: key()?, segment: personas::staff()? };
    story.tell(story.days_ago(46), command, "Staff tries things first, whatever the flag");
    for attribute in attributes::all() {
        let command = Command::SaveAttribute { project: key()?, attribute };
        story.tell(story.days_ago(27), command, "So that a slip in a rule is noticed");
    }
    for persona in personas::all()? {
        let command = Command::SavePersona { project: key()?, persona };
        story.tell(story.days_ago(19), command, "To see at a glance who gets what");
    }

    story.create(117, flags::legacy_search(story.now)?, "The new search goes live; the old one stays within reach")?;
    story.create(104, flags::holiday_banner(story.now)?, "Summer sale")?;
    for environment in ENVIRONMENTS {
        story.state(story.days_ago(103), (BANNER, environment), states::on(), "The sale begins")?;
    }
    story.switch(story.days_ago(62), (BANNER, "production"), false, "The sale is over")?;
    let (flag, _) = parsed((BANNER, "production"))?;
    story.tell(story.days_ago(19), Command::ArchiveFlag { project: key()?, flag }, "Its code was removed in release 4.11");

    story.switch(story.days_ago(116), (LEGACY, "production"), true, "Customers with saved searches need it for a while")?;
    story.switch(story.days_ago(71), (LEGACY, "production"), false, "Saved searches were moved; nobody uses it any more")
}

fn releases(story: &mut Story) -> Result<(), Error> {
    story.create(64, flags::dark_mode(story.now)?, "Asked for in two of three support tickets about design")?;
    story.rehearse(63, DARK, &states::on(), "For the design review")?;
    story.state(story.days_ago(52), (DARK, "production"), states::share(1_000), "Begin with 10 %")?;
    story.state(story.days_ago(47), (DARK, "production"), states::share(5_000), "No complaints in five days")?;
    story.state(story.days_ago(41), (DARK, "production"), states::on(), "Everybody")?;

    story.create(58, flags::address_lookup(story.now)?, "Customers mistype one address in twelve")?;
    story.rehearse(57, ADDRESS, &states::on(), "Against the provider's sandbox")?;
    story.state(
        story.days_ago(49),
        (ADDRESS, "production"),
        states::share(2_000),
        "Begin with 20 %, the provider bills by call",
    )?;
    story.state(story.days_ago(days::ADDRESS_ON), (ADDRESS, "production"), states::on(), "Returned parcels fell by a third")?;

    story.create(days::PRICING_CREATED, flags::pricing_experiment(story.now)?, "Decided in the growth review")?;
    story.rehearse(days::PRICING_REHEARSED, PRICING, &states::pricing_thirds()?, "Check that all three arms render")?;
    story.state(
        story.days_ago(days::PRICING_STARTED),
        (PRICING, "production"),
        states::pricing_thirds()?,
        "Start of the experiment, for eight weeks",
    )?;

    story.create(days::CHECKOUT_CREATED, flags::new_checkout(story.now)?, "PAY-1234 is ready to be tried")?;
    story.rehearse(
        days::CHECKOUT_REHEARSED,
        CHECKOUT,
        &states::on(),
        "The team tests against the sandbox of the payment provider",
    )?;
    story.state(
        story.days_ago(days::CHECKOUT_INVITED),
        (CHECKOUT, "production"),
        states::checkout_invited(),
        "Invited customers and staff first",
    )?;
    let begin = states::rollout_start(story.now).plus(-25 * MINUTE);
    let rolling = states::checkout_rolling(story.now);
    story.state(begin, (CHECKOUT, "production"), rolling, "Invited customers paid without trouble for a week: roll out")?;

    story.create(1, flags::gift_cards(story.now)?, "Planned for the end of the year")
}

fn operations(story: &mut Story) -> Result<(), Error> {
    story.create(96, flags::payments_kill_switch(story.now)?, "After the outage of the payment provider in spring")?;
    let outage = story.days_ago(days::OUTAGE);
    story.switch(outage, (PAYMENTS, "production"), false, "The payment provider answers with errors, incident 2291")?;
    story.switch(outage.plus(OUTAGE), (PAYMENTS, "production"), true, "The provider has recovered, incident 2291")?;

    story.create(88, flags::checkout_limits(story.now)?, "Limits should not need a deploy")?;
    story.rehearse(87, LIMITS, &states::limits()?, "The rules as agreed with the fraud desk")?;
    story.state(story.days_ago(86), (LIMITS, "production"), states::limits()?, "The rules as agreed with the fraud desk")?;
    let wave = story.days_ago(days::WAVE);
    story.state(wave, (LIMITS, "production"), states::limits_tight()?, "A wave of stolen cards")?;
    story.state(wave.plus(WAVE), (LIMITS, "production"), states::limits()?, "The wave is over")?;

    story.create(days::UPLOAD_CREATED, flags::max_upload_mb(story.now)?, "Enterprise customers want to upload videos")?;
    story.rehearse(
        days::UPLOAD_REHEARSED,
        UPLOAD,
        &states::upload()?,
        "Tested with files up to 250 MB; storage comes next week",
    )?;

    story.create(45, flags::beta_reports()?, "Three customers asked to try the reports early")?;
    story.rehearse(44, REPORTS, &states::reports(), "For the acceptance test")?;
    story.state(
        story.days_ago(37),
        (REPORTS, "production"),
        states::reports(),
        "The first three customers, then paying ones in the Nordics",
    )
}

/// What waits for somebody to look at it, and since when.
pub fn request(now: Timestamp) -> Result<(Timestamp, Submission, NewRequest), Error> {
    let (flag, environment) = parsed((UPLOAD, "production"))?;
    let command = Command::EditState { project: key()?, environment, flag, state: states::upload()? };
    let request = NewRequest {
        title: "Larger uploads for enterprise customers".to_owned(),
        why: "Storage has grown, and staging took files of 250 MB for a week without trouble.".to_owned(),
        ..NewRequest::default()
    };
    Ok((now.plus(-5 * HOUR), Submission::new(command), request))
}
