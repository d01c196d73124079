//! `ip_in`: an address within blocks, v4 and v6. An IPv4 address written as IPv6 (`::ffff:10.0.0.1`) counts as both.

use super::Verdict;
use crate::domain::flag::Problem;
use crate::engine::words;
use ipnet::IpNet;
use serde_json::Value;
use std::net::IpAddr;

/// Reads `10.0.0.0/8`, `2001:db8::/32` or one address, which is the block of itself.
pub(super) fn read(value: &Value, field: &str) -> Result<IpNet, Problem> {
    let text = value.as_str().unwrap_or_default();
    let single = || text.parse::<IpAddr>().ok().map(|address| IpNet::from(address.to_canonical()));
    text.parse().ok().or_else(single).ok_or_else(|| {
        let message = format!("{} is no address block; write it like \"10.0.0.0/8\" or \"2001:db8::/32\".", words::show(value));
        Problem::new(field, message)
    })
}

fn address(value: &Value) -> Option<IpAddr> {
    value.as_str()?.parse().ok()
}

/// Whether `actual` is an address in any of the blocks.
pub(super) fn ip_in(actual: &Value, blocks: &[IpNet]) -> Verdict {
    Verdict::of(address(actual), |found| {
        let plain = found.to_canonical();
        blocks.iter().any(|block| block.contains(&found) || block.contains(&plain))
    })
}
