//! An account.

use super::role::InstanceRole;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Lower case; how people sign in and how the audit names them.
    pub email: String,
    pub name: String,
    pub instance_role: InstanceRole,
}

/// The shortest password that is taken.
pub const MIN_PASSWORD: usize = 12;

/// Brings an address to the form it is stored in. `None` for what is no address.
pub fn normal_email(text: &str) -> Option<String> {
    let email = text.trim().to_lowercase();
    let (local, domain) = email.split_once('@')?;
    let plain = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control() || c == '@');
    (plain(local) && plain(domain) && email.len() <= 254).then_some(email)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_brought_to_one_form() {
        assert_eq!(normal_email(" Ada@Shop.Example "), Some("ada@shop.example".to_owned()));
        for bad in ["", "ada", "@shop.example", "ada@", "a b@c", "a@b@c"] {
            assert_eq!(normal_email(bad), None, "{bad:?}");
        }
    }
}
