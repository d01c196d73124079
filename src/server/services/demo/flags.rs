//! What the demo's flags are for.

use super::{internal, teams};
use crate::domain::flag::{ExpiryAction, Flag, FlagKind, Owner, ValueType, Variant};
use crate::domain::key::{FlagKey, TeamKey, VariantName};
use crate::domain::time::{DAY, Timestamp};
use crate::server::error::Error;
use serde_json::{Value, json};

pub const CHECKOUT: &str = "new_checkout";
pub const DARK: &str = "dark_mode";
pub const PAYMENTS: &str = "payments_kill_switch";
pub const PRICING: &str = "pricing_experiment";
pub const LIMITS: &str = "checkout_limits";
pub const UPLOAD: &str = "max_upload_mb";
pub const REPORTS: &str = "beta_reports";
pub const LEGACY: &str = "legacy_search";
pub const BANNER: &str = "holiday_banner";
pub const ADDRESS: &str = "address_lookup";
pub const GIFTS: &str = "gift_cards";

/// A flag without the parts that most do without.
fn bare(key: &str, kind: FlagKind, team: &str, description: &str) -> Result<Flag, Error> {
    Ok(Flag {
        key: FlagKey::parse(key).map_err(internal)?,
        kind,
        value_type: ValueType::Boolean,
        variants: Flag::boolean_variants(),
        fallback_variant: if kind.fails_open() { VariantName::on() } else { VariantName::off() },
        owner: Owner::Team(TeamKey::parse(team).map_err(internal)?),
        description: description.to_owned(),
        scope: String::new(),
        ticket: String::new(),
        tags: Vec::new(),
        rollback_criteria: String::new(),
        expires_at: None,
        on_expiry: ExpiryAction::Notify,
        review_by: None,
        client_visible: false,
        archived_at: None,
    })
}

fn tags(tags: &[&str]) -> Vec<String> {
    tags.iter().map(|tag| (*tag).to_owned()).collect()
}

pub fn name(text: &str) -> Result<VariantName, Error> {
    VariantName::parse(text).map_err(internal)
}

fn variants(pairs: &[(&str, Value)]) -> Result<Vec<Variant>, Error> {
    pairs.iter().map(|(text, value)| Ok(Variant { name: name(text)?, value: value.clone() })).collect()
}

pub fn new_checkout(now: Timestamp) -> Result<Flag, Error> {
    Ok(Flag {
        scope: "Checkout, web and app".to_owned(),
        ticket: "PAY-1234".to_owned(),
        tags: tags(&["checkout", "payments", "q4"]),
        rollback_criteria: "Failed payments above 1 % for five minutes, or any double charge.".to_owned(),
        expires_at: Some(now.plus(69 * DAY)),
        on_expiry: ExpiryAction::Serve(VariantName::off()),
        client_visible: true,
        ..bare(
            CHECKOUT,
            FlagKind::Release,
            teams::PAYMENTS,
            "One page from basket to receipt instead of four, with saved cards and address look-up.",
        )?
    })
}

pub fn dark_mode(now: Timestamp) -> Result<Flag, Error> {
    Ok(Flag {
        scope: "All pages".to_owned(),
        ticket: "WEB-871".to_owned(),
        tags: tags(&["design", "web"]),
        rollback_criteria: "Complaints about unreadable text in the support queue.".to_owned(),
        expires_at: Some(now.plus(-6 * DAY)),
        client_visible: true,
        ..bare(
            DARK,
            FlagKind::Release,
            teams::DESIGN,
            "Lets visitors switch the shop to dark colours, and follows their system.",
        )?
    })
}

pub fn payments_kill_switch(now: Timestamp) -> Result<Flag, Error> {
    Ok(Flag {
        scope: "Checkout".to_owned(),
        ticket: "OPS-77".to_owned(),
        tags: tags(&["incident", "payments"]),
        rollback_criteria: "Turn off when the payment provider reports an outage; orders are then kept and charged later."
            .to_owned(),
        review_by: Some(now.plus(24 * DAY)),
        ..bare(
            PAYMENTS,
            FlagKind::KillSwitch,
            teams::PAYMENTS,
            "Takes card payments. Off, checkout accepts orders on invoice only.",
        )?
    })
}

pub fn pricing_experiment(now: Timestamp) -> Result<Flag, Error> {
    Ok(Flag {
        value_type: ValueType::String,
        variants: variants(&[("control", json!("monthly")), ("yearly_first", json!("yearly")), ("trial", json!("trial-14d"))])?,
        fallback_variant: name("control")?,
        scope: "Pricing page".to_owned(),
        ticket: "GRO-310".to_owned(),
        tags: tags(&["growth", "pricing"]),
        rollback_criteria: "Sign-ups in any arm fall more than 10 % below control for three days.".to_owned(),
        expires_at: Some(now.plus(34 * DAY)),
        on_expiry: ExpiryAction::Serve(name("control")?),
        client_visible: true,
        ..bare(
            PRICING,
            FlagKind::Experiment,
            teams::GROWTH,
            "Which plan the pricing page puts first: monthly, yearly, or a trial of 14 days.",
        )?
    })
}

pub fn checkout_limits(now: Timestamp) -> Result<Flag, Error> {
    let normal = json!({"max_items": 100, "max_amount": 5_000, "currency": "EUR", "manual_review": false});
    let tight = json!({"max_items": 20, "max_amount": 500, "currency": "EUR", "manual_review": true});
    Ok(Flag {
        value_type: ValueType::Object,
        variants: variants(&[("normal", normal), ("tight", tight)])?,
        fallback_variant: name("normal")?,
        scope: "Checkout service".to_owned(),
        tags: tags(&["checkout", "fraud"]),
        review_by: Some(now.plus(80 * DAY)),
        ..bare(
            LIMITS,
            FlagKind::Operational,
            teams::PLATFORM,
            "How large an order may be, and whether a person looks at it first.",
        )?
    })
}

/// In development: on where the team works, off where customers are.
pub fn max_upload_mb(now: Timestamp) -> Result<Flag, Error> {
    Ok(Flag {
        value_type: ValueType::Integer,
        variants: variants(&[("standard", json!(25)), ("large", json!(250)), ("small", json!(5))])?,
        fallback_variant: name("standard")?,
        scope: "Media service".to_owned(),
        ticket: "PLT-58".to_owned(),
        tags: tags(&["media"]),
        review_by: Some(now.plus(356 * DAY)),
        ..bare(
            UPLOAD,
            FlagKind::Operational,
            teams::PLATFORM,
            "The largest picture or video that a customer may upload, in megabytes.",
        )?
    })
}

pub fn beta_reports() -> Result<Flag, Error> {
    Ok(Flag {
        scope: "Back office".to_owned(),
        ticket: "ANA-12".to_owned(),
        tags: tags(&["analytics", "beta"]),
        ..bare(
            REPORTS,
            FlagKind::Permission,
            teams::ANALYTICS,
            "The new sales reports, for paying customers in the Nordic countries.",
        )?
    })
}

pub fn legacy_search(now: Timestamp) -> Result<Flag, Error> {
    Ok(Flag {
        scope: "Search".to_owned(),
        ticket: "SEA-40".to_owned(),
        tags: tags(&["search"]),
        expires_at: Some(now.plus(-12 * DAY)),
        on_expiry: ExpiryAction::Archive,
        ..bare(LEGACY, FlagKind::Release, teams::SEARCH, "Keeps the old search within reach while the new one proves itself.")?
    })
}

pub fn holiday_banner(now: Timestamp) -> Result<Flag, Error> {
    Ok(Flag {
        scope: "Start page".to_owned(),
        tags: tags(&["campaign"]),
        expires_at: Some(now.plus(-20 * DAY)),
        client_visible: true,
        ..bare(BANNER, FlagKind::Release, teams::GROWTH, "The banner for the summer sale.")?
    })
}

/// Fully on, its time not over: the one to take out of the code next.
pub fn address_lookup(now: Timestamp) -> Result<Flag, Error> {
    Ok(Flag {
        scope: "Address form".to_owned(),
        ticket: "WEB-902".to_owned(),
        tags: tags(&["forms", "web"]),
        rollback_criteria: "The address provider takes longer than 800 ms at the median.".to_owned(),
        expires_at: Some(now.plus(32 * DAY)),
        client_visible: true,
        ..bare(ADDRESS, FlagKind::Release, teams::DESIGN, "Proposes street and city while a customer types their postcode.")?
    })
}

/// Created and nowhere on.
pub fn gift_cards(now: Timestamp) -> Result<Flag, Error> {
    Ok(Flag {
        scope: "Shop and receipt".to_owned(),
        ticket: "GRO-355".to_owned(),
        tags: tags(&["growth"]),
        expires_at: Some(now.plus(89 * DAY)),
        client_visible: true,
        ..bare(GIFTS, FlagKind::Release, teams::GROWTH, "Sells gift cards, and takes them as payment.")?
    })
}
