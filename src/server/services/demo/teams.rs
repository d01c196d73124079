//! Who answers for the demo's flags: teams without members, because nobody of the demo can sign in.

use super::internal;
use crate::domain::key::TeamKey;
use crate::domain::team::Team;
use crate::server::error::Error;

pub const ANALYTICS: &str = "analytics";
pub const DESIGN: &str = "design";
pub const GROWTH: &str = "growth";
pub const PAYMENTS: &str = "payments";
pub const PLATFORM: &str = "platform";
pub const SEARCH: &str = "search";

const NAMES: [(&str, &str); 6] = [
    (ANALYTICS, "Analytics"),
    (DESIGN, "Design system"),
    (GROWTH, "Growth"),
    (PAYMENTS, "Payments team"),
    (PLATFORM, "Platform team"),
    (SEARCH, "Search team"),
];

pub fn all() -> Result<Vec<Team>, Error> {
    let team = |(key, name): (&str, &str)| {
        let key = TeamKey::parse(key).map_err(internal)?;
        Ok(Team { key, name: name.to_owned(), members: Vec::new() })
    };
    NAMES.into_iter().map(team).collect()
}
