//! Passwords on their way in: from standard input, checked, hashed.

use super::failure::Failure;
use crate::server::security::passwords::Passwords;
use crate::server::security::secrets::Secret;
use crate::server::services::people::password_problem;
use std::io::Read;

/// The most bytes that are read as a password.
const LONGEST: u64 = 4_096;

/// A password on standard input. `asked` is the option that says that there is one: nothing here ever prompts.
pub fn read(asked: bool) -> Result<Secret<String>, Failure> {
    if !asked {
        return Err(Failure::usage("a password is needed and nothing asks for it: add --password-stdin and pipe it in"));
    }
    let mut text = String::new();
    let read = std::io::stdin().lock().take(LONGEST).read_to_string(&mut text);
    read.map_err(|e| Failure::refused(format!("the password on standard input cannot be read: {e}")))?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    match password_problem(&text) {
        Some(problem) => Err(Failure::refused(format!("the password on standard input: {problem}"))),
        None => Ok(Secret::new(text)),
    }
}

/// What is kept of a password.
pub async fn hash(password: Secret<String>) -> Result<String, Failure> {
    let passwords = Passwords::new().map_err(|e| Failure::refused(e.to_string()))?;
    passwords.hash(password).await.map_err(|e| Failure::refused(e.to_string()))
}
