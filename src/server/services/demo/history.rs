//! The demo's story, from the first day to now: who reads the audit finds reasons and dates that fit together.

use super::flags::{self, BANNER, CHECKOUT, DARK, LEGACY, LIMITS, PAYMENTS, PRICING, REPORTS, UPLOAD};
use super::{internal, key, states};
use crate::domain::command::Command;
use crate::domain::environment::Environment;
use crate::domain::flag::Flag;
use crate::domain::key::{EnvironmentKey, FlagKey};
use crate::domain::project::Project;
use crate::domain::state::State;
use crate::domain::time::{DAY, HOUR, MINUTE, Timestamp};
use crate::server::error::Error;

pub const ENVIRONMENTS: [&str; 3] = ["development", "staging", "production"];

/// A change and when it was made.
pub struct Moment {
    pub at: Timestamp,
    pub command: Command,
    pub reason: &'static str,
}

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
        // Not all at the same minute of the day.
        self.now.plus(-days * DAY - (days * 37 % 300) * MINUTE)
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

    story.create(26, flags::pricing_experiment(story.now)?, "Decided in the growth review")?;
    story.rehearse(25, PRICING, &states::pricing_thirds()?, "Check that all three arms render")?;
    story.state(
        story.days_ago(22),
        (PRICING, "production"),
        states::pricing_thirds()?,
        "Start of the experiment, for eight weeks",
    )?;

    story.create(21, flags::new_checkout(story.now)?, "PAY-1234 is ready to be tried")?;
    story.rehearse(20, CHECKOUT, &states::on(), "The team tests against the sandbox of the payment provider")?;
    story.state(story.days_ago(8), (CHECKOUT, "production"), states::checkout_invited(), "Invited customers and staff first")?;
    let begin = states::rollout_start(story.now).plus(-25 * MINUTE);
    let rolling = states::checkout_rolling(story.now);
    story.state(begin, (CHECKOUT, "production"), rolling, "Invited customers paid without trouble for a week: roll out")
}

fn operations(story: &mut Story) -> Result<(), Error> {
    story.create(96, flags::payments_kill_switch(story.now)?, "After the outage of the payment provider in spring")?;
    let outage = story.days_ago(17);
    story.switch(outage, (PAYMENTS, "production"), false, "The payment provider answers with errors, incident 2291")?;
    story.switch(outage.plus(14 * MINUTE), (PAYMENTS, "production"), true, "The provider has recovered, incident 2291")?;

    story.create(88, flags::checkout_limits(story.now)?, "Limits should not need a deploy")?;
    story.rehearse(87, LIMITS, &states::limits()?, "The rules as agreed with the fraud desk")?;
    story.state(story.days_ago(86), (LIMITS, "production"), states::limits()?, "The rules as agreed with the fraud desk")?;
    let wave = story.days_ago(12);
    story.state(wave, (LIMITS, "production"), states::limits_tight()?, "A wave of stolen cards")?;
    story.state(wave.plus(19 * HOUR), (LIMITS, "production"), states::limits()?, "The wave is over")?;

    story.create(80, flags::max_upload_mb(story.now)?, "Enterprise customers upload videos")?;
    story.rehearse(79, UPLOAD, &states::upload()?, "Tested with files up to 250 MB")?;
    story.state(story.days_ago(78), (UPLOAD, "production"), states::upload()?, "Storage was extended")?;

    story.create(45, flags::beta_reports()?, "Three customers asked to try the reports early")?;
    story.rehearse(44, REPORTS, &states::reports(), "For the acceptance test")?;
    story.state(
        story.days_ago(37),
        (REPORTS, "production"),
        states::reports(),
        "The first three customers, then paying ones in the Nordics",
    )
}
