//! Which of 10,000 buckets a unit falls into. Knows only texts; every port gives the same number.

use md5::{Digest, Md5};

/// A seed, hashed as far as its colon, so that a unit costs one block more and no copy of the seed.
#[derive(Debug, Clone)]
pub struct Seed {
    text: String,
    hashed: Md5,
}

impl Seed {
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let hashed = Md5::new().chain_update(text.as_bytes()).chain_update(b":");
        Self { text, hashed }
    }
    pub fn as_str(&self) -> &str {
        &self.text
    }
    /// 0 to 9999. The first two bytes choose the percent, the next two the hundredth within it, so that whole percentages
    /// agree with the common `md5(flag:user)[:2] % 100`.
    pub fn bucket(&self, unit: &str) -> u16 {
        let digest = self.hashed.clone().chain_update(unit.as_bytes()).finalize();
        let percent = u16::from_be_bytes([digest[0], digest[1]]) % 100;
        let hundredth = u16::from_be_bytes([digest[2], digest[3]]) % 100;
        percent * 100 + hundredth
    }
}

/// The bucket of `unit` under `seed`, 0 to 9999.
pub fn bucket(seed: &str, unit: &str) -> u16 {
    Seed::new(seed).bucket(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_seed_and_a_fresh_one_agree() {
        let seed = Seed::new("new_checkout");
        for (unit, expected) in [("user_1", 6194), ("user_5", 738), ("user_31", 93), ("", 1784)] {
            assert_eq!(seed.bucket(unit), expected);
            assert_eq!(bucket("new_checkout", unit), expected);
        }
    }
}
