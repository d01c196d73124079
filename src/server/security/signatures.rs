//! Signatures that anybody can check who knows the installation's public key, and nobody can make without its secret: Ed25519
//! (RFC 8032). For files that leave the installation; inside of it a mac is enough.

use super::secrets::MasterKey;
use super::tokens::{hex, unhex};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

/// Signs for this installation. Its `Debug` shows the public half alone.
#[derive(Clone, Debug)]
pub struct Signer(SigningKey);

impl Signer {
    /// The same key for the same secret, so that there is nothing more to keep.
    pub fn new(master: &MasterKey) -> Self {
        Self(SigningKey::from_bytes(&master.derive("signature")))
    }

    /// 64 hexadecimal digits.
    pub fn public_key(&self) -> String {
        hex(self.0.verifying_key().as_bytes())
    }

    /// 128 hexadecimal digits.
    pub fn sign(&self, message: &[u8]) -> String {
        hex(&self.0.sign(message).to_bytes())
    }
}

/// Whether `signature` was made of `message` by the holder of the key; false too for what is no key or no signature.
pub fn is_signed(public_key: &str, message: &[u8], signature: &str) -> bool {
    let key = bytes(public_key).and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
    let signature = bytes(signature).map(|bytes| Signature::from_bytes(&bytes));
    // Strict: of one message and one key there is one signature.
    key.zip(signature).is_some_and(|(key, signature)| key.verify_strict(message, &signature).is_ok())
}

/// Whether it is a public key at all.
pub fn is_key(text: &str) -> bool {
    bytes(text).is_some_and(|bytes| VerifyingKey::from_bytes(&bytes).is_ok())
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    unhex(text)?.try_into().ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// RFC 8032, 7.1, test 2.
    const SECRET: &str = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
    const PUBLIC: &str = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    const SIGNATURE: &str = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

    #[test]
    fn signatures_agree_with_rfc_8032() {
        let signer = Signer(SigningKey::from_bytes(&bytes(SECRET).unwrap()));
        assert_eq!(signer.public_key(), PUBLIC);
        assert_eq!(signer.sign(&[0x72]), SIGNATURE);
        assert!(is_signed(PUBLIC, &[0x72], SIGNATURE));
    }

    #[test]
    fn nothing_else_is_signed() {
        for (key, message, signature) in [
            (PUBLIC, b"s", SIGNATURE),
            (PUBLIC, b"r", &SIGNATURE.replace("92a0", "92a1")),
            (&PUBLIC.replace("3d40", "3d41"), b"r", SIGNATURE),
            (PUBLIC, b"r", &SIGNATURE[..126]),
            ("", b"r", SIGNATURE),
        ] {
            assert!(!is_signed(key, message, signature), "{key} {signature}");
        }
        assert!(is_key(PUBLIC) && !is_key("3d40") && !is_key("none"));
    }

    #[test]
    fn the_secret_half_does_not_show() {
        let signer = Signer(SigningKey::from_bytes(&bytes(SECRET).unwrap()));
        assert!(!format!("{signer:?}").contains("4c, cd") && !format!("{signer:?}").contains("76, 205"));
    }
}
