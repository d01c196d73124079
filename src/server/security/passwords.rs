//! Passwords: argon2id, few at once, and a throttle that cannot be walked around because it lives in the check.

use super::secrets::{Secret, SecretError};
use super::tokens;
use crate::domain::time::{MINUTE, SECOND, Timestamp};
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;

/// Hashes computed at once; each takes 19 MiB for some tens of milliseconds.
const AT_ONCE: usize = 2;
/// Callers that may wait for a turn.
const QUEUE: usize = 32;
/// Failed tries of one account in [`ACCOUNT_WINDOW`] before it has to wait.
const PER_ACCOUNT: usize = 10;
const ACCOUNT_WINDOW: i64 = 15 * MINUTE;
/// Tries from one address in [`ADDRESS_WINDOW`].
const PER_ADDRESS: usize = 30;
const ADDRESS_WINDOW: i64 = MINUTE;
/// Accounts and addresses remembered; the oldest go first.
const REMEMBERED: usize = 10_000;

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PasswordError {
    /// Wrong password, or no such account: deliberately one answer.
    #[error("that e-mail address and password do not match an account")]
    Wrong,
    /// Seconds to wait.
    #[error("too many tries; wait {0} s")]
    TooMany(u64),
    #[error("the password could not be hashed: {0}")]
    Failed(String),
}

#[derive(Debug, Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
    tries: Arc<Mutex<Tries>>,
    /// Checked for unknown accounts, so that they take as long as known ones.
    dummy: Arc<str>,
}

#[derive(Debug, Default)]
struct Tries(HashMap<String, Vec<i64>>);

impl Tries {
    /// Seconds until `who` may try again, when they have to wait.
    fn wait(&mut self, who: &str, limit: usize, window: i64, now: Timestamp) -> Option<u64> {
        let times = self.0.get_mut(who)?;
        times.retain(|at| *at > now.millis() - window);
        let oldest = times.first().copied().filter(|_| times.len() >= limit)?;
        let millis = oldest + window - now.millis();
        Some(u64::try_from(millis / SECOND + 1).unwrap_or(1))
    }
    fn add(&mut self, who: &str, now: Timestamp) {
        if self.0.len() >= REMEMBERED && !self.0.contains_key(who) {
            let stalest = self.0.iter().min_by_key(|(_, times)| times.last().copied()).map(|(who, _)| who.clone());
            stalest.map(|who| self.0.remove(&who));
        }
        self.0.entry(who.to_owned()).or_default().push(now.millis());
    }
}

/// Digits and small letters without those that look like another (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A password to hand over: 100 random bits in four groups that can be read out, such as `k7m2p-x9qrt-0d3fs-w8zan`.
pub fn generate() -> Result<Secret<String>, SecretError> {
    let letter = |byte: &u8| char::from(ALPHABET[usize::from(byte % 32)]);
    let groups: Vec<String> = tokens::random::<20>()?.chunks(5).map(|group| group.iter().map(letter).collect()).collect();
    Ok(Secret::new(groups.join("-")))
}

/// OWASP's argon2id settings: 19 MiB, two passes, one lane.
fn argon2id() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|e| PasswordError::Failed(e.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash_now(password: &str) -> Result<String, PasswordError> {
    let hash = argon2id()?.hash_password(password.as_bytes()).map_err(|e| PasswordError::Failed(e.to_string()))?;
    Ok(hash.to_string())
}

fn matches_now(password: &str, hash: &str) -> Result<bool, PasswordError> {
    let parsed = PasswordHash::new(hash).map_err(|e| PasswordError::Failed(e.to_string()))?;
    Ok(argon2id()?.verify_password(password.as_bytes(), &parsed).is_ok())
}

impl Passwords {
    pub fn new() -> Result<Self, PasswordError> {
        Ok(Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            places: Arc::new(Semaphore::new(AT_ONCE + QUEUE)),
            tries: Arc::default(),
            dummy: hash_now("no account has this password")?.into(),
        })
    }

    /// Runs a hash on a thread of its own, when it is its turn.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let failed = |e: &dyn std::fmt::Display| PasswordError::Failed(e.to_string());
        let _place = self.places.try_acquire().map_err(|_| PasswordError::TooMany(1))?;
        let _turn = self.turns.acquire().await.map_err(|e| failed(&e))?;
        tokio::task::spawn_blocking(work).await.map_err(|e| failed(&e))?
    }

    /// The PHC string to store for a new password.
    pub async fn hash(&self, password: Secret<String>) -> Result<String, PasswordError> {
        self.in_turn(move || hash_now(password.reveal())).await
    }

    /// Checks a password against `hash`, or against nothing for an unknown account, and counts the try.
    ///
    /// `account` is the address typed, `from` the caller's network address.
    pub async fn verify(
        &self,
        account: &str,
        from: &str,
        password: Secret<String>,
        hash: Option<String>,
        now: Timestamp,
    ) -> Result<(), PasswordError> {
        let (account, from) = (format!("account {account}"), format!("address {from}"));
        self.admit(&account, &from, now)?;
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.dummy.to_string());
        let fits = self.in_turn(move || matches_now(password.reveal(), &hash)).await?;
        if fits && known {
            self.forget(&account);
            return Ok(());
        }
        Err(PasswordError::Wrong)
    }

    /// Refuses who has to wait; counts everybody else before the slow part, so that tries at once count too.
    fn admit(&self, account: &str, from: &str, now: Timestamp) -> Result<(), PasswordError> {
        let mut tries = self.tries.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let wait = tries.wait(account, PER_ACCOUNT, ACCOUNT_WINDOW, now).max(tries.wait(from, PER_ADDRESS, ADDRESS_WINDOW, now));
        if let Some(seconds) = wait {
            return Err(PasswordError::TooMany(seconds));
        }
        tries.add(account, now);
        tries.add(from, now);
        Ok(())
    }

    fn forget(&self, account: &str) {
        let mut tries = self.tries.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        tries.0.remove(account);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    #[test]
    fn made_passwords_can_be_read_out_and_differ() {
        let made: Vec<String> = (0..50).map(|_| generate().unwrap().reveal().clone()).collect();
        for password in &made {
            assert!(password.len() == 23 && password.split('-').all(|group| group.len() == 5), "{password}");
            assert!(password.bytes().all(|byte| byte == b'-' || ALPHABET.contains(&byte)), "{password}");
        }
        assert_eq!(made.iter().collect::<std::collections::HashSet<_>>().len(), made.len());
    }

    #[tokio::test]
    async fn the_right_password_passes_and_no_other() {
        let passwords = Passwords::new().unwrap();
        let hash = passwords.hash(secret("correct horse battery")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let now = Timestamp::from_millis(0);
        let check = |password: &'static str, hash| passwords.verify("ada", "127.0.0.1", secret(password), hash, now);
        assert_eq!(check("correct horse battery", Some(hash.clone())).await, Ok(()));
        assert_eq!(check("correct horse", Some(hash)).await, Err(PasswordError::Wrong));
        assert_eq!(check("no account has this password", None).await, Err(PasswordError::Wrong));
    }

    #[tokio::test]
    async fn the_eleventh_try_waits_and_a_quarter_hour_later_it_need_not() {
        let passwords = Passwords::new().unwrap();
        let start = Timestamp::from_millis(1_000_000);
        for n in 0..10 {
            let from = format!("10.0.0.{n}");
            assert_eq!(passwords.verify("ada", &from, secret("x"), None, start).await, Err(PasswordError::Wrong));
        }
        let eleventh = passwords.verify("ada", "10.0.0.99", secret("x"), None, start).await;
        assert_eq!(eleventh, Err(PasswordError::TooMany(901)));
        let other = passwords.verify("lin", "10.0.0.99", secret("x"), None, start).await;
        assert_eq!(other, Err(PasswordError::Wrong));
        let later = passwords.verify("ada", "10.0.0.99", secret("x"), None, start.plus(ACCOUNT_WINDOW)).await;
        assert_eq!(later, Err(PasswordError::Wrong));
    }
}
