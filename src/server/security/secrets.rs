//! The installation's secret, and the keys drawn from it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::io::Write;
use std::path::Path;

/// Text or bytes that must not reach a log: no `Debug`, no `Serialize`.
#[derive(Clone)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    pub fn new(value: T) -> Self {
        Self(value)
    }
    /// The value itself; say why at the call.
    pub fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T> std::fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What every other key is drawn from, so that one file holds all there is to keep.
#[derive(Clone, Debug)]
pub struct MasterKey(Secret<Vec<u8>>);

#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("{path} cannot be read or written: {why}")]
    File { path: String, why: std::io::Error },
    #[error("{0} must hold at least 32 bytes, written as 64 hexadecimal digits")]
    TooShort(String),
    #[error("the system gave no random bytes: {0}")]
    Random(String),
}

impl MasterKey {
    /// Reads 64 or more hexadecimal digits. `from` names their place in a refusal.
    pub fn parse(text: &str, from: &str) -> Result<Self, SecretError> {
        let bytes = super::tokens::unhex(text.trim()).filter(|bytes| bytes.len() >= 32);
        bytes.map(|bytes| Self(Secret::new(bytes))).ok_or_else(|| SecretError::TooShort(from.to_owned()))
    }

    /// The key in `path`, made with mode 0600 at the first start.
    pub fn load_or_make(path: &Path) -> Result<Self, SecretError> {
        let shown = path.display().to_string();
        let file_error = |why| SecretError::File { path: shown.clone(), why };
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text, &shown),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let text = super::tokens::hex(&super::tokens::random::<32>()?);
                match private_file(path).and_then(|mut file| writeln!(file, "{text}").and_then(|()| file.sync_all())) {
                    Ok(()) => Self::parse(&text, &shown),
                    // Another process made it at the same moment: theirs counts.
                    Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
                        Self::parse(&std::fs::read_to_string(path).map_err(file_error)?, &shown)
                    }
                    Err(why) => Err(file_error(why)),
                }
            }
            Err(why) => Err(file_error(why)),
        }
    }

    /// A key for one purpose: HMAC-SHA-256 of its name under this key (the extract-and-label step of RFC 5869).
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        hmac_sha256(self.0.reveal(), &[purpose.as_bytes()])
    }
}

/// HMAC-SHA-256 (RFC 2104) over the parts, one after the other.
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of every length; the error cannot occur, and an empty key would be caught by the vectors.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(unix)]
pub(super) fn private_file(path: &Path) -> std::io::Result<std::fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
pub(super) fn private_file(path: &Path) -> std::io::Result<std::fs::File> {
    std::fs::OpenOptions::new().write(true).create_new(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hmac_agrees_with_rfc_4231_case_2() {
        let mac = hmac_sha256(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(super::super::tokens::hex(&mac), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn secrets_do_not_show() {
        assert_eq!(format!("{:?}", Secret::new("hush")), "Secret(…)");
    }
}
