//! Which endpoint a path names.

/// What can be asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    /// One flag, by the key that was asked for, percent-decoded.
    Single(String),
    /// Every flag the key may see.
    Bulk,
}

const FLAGS: &str = "/ofrep/v1/evaluate/flags";

impl Endpoint {
    /// Reads a raw path. Whatever follows the collection is one key, slashes too: no flag has such a key, and the answer
    /// is better given about the flag than about the path.
    pub(super) fn of(path: &str) -> Option<Self> {
        let path = if path.starts_with("//") { &path[1..] } else { path };
        match path.strip_prefix(FLAGS)? {
            "" => Some(Self::Bulk),
            rest => rest.strip_prefix('/').map(|key| Self::Single(decode(key))),
        }
    }

    pub(super) fn flag(&self) -> Option<&str> {
        match self {
            Self::Single(key) => Some(key),
            Self::Bulk => None,
        }
    }
}

/// Percent-decoding (RFC 3986, 2.1). What is no escape stays as it is; what is no UTF-8 afterwards cannot be a flag's key,
/// so a replacement character does.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match escape(bytes.get(at..at + 3)) {
            Some(escaped) => {
                decoded.push(escaped);
                at += 3;
            }
            None => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}

fn escape(three: Option<&[u8]>) -> Option<u8> {
    let [b'%', high, low] = three? else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn single(key: &str) -> Option<Endpoint> {
        Some(Endpoint::Single(key.to_owned()))
    }

    #[test]
    fn paths_are_read() {
        let table = [
            ("/ofrep/v1/evaluate/flags", Some(Endpoint::Bulk)),
            ("//ofrep/v1/evaluate/flags", Some(Endpoint::Bulk)),
            ("/ofrep/v1/evaluate/flags/a", single("a")),
            ("//ofrep/v1/evaluate/flags/a", single("a")),
            ("/ofrep/v1/evaluate/flags/", single("")),
            ("/ofrep/v1/evaluate/flags/a/b", single("a/b")),
            ("/ofrep/v1/evaluate/flags/web%2Ecart", single("web.cart")),
            ("/ofrep/v1/evaluate/flags/a%2fb%20c", single("a/b c")),
            ("/ofrep/v1/evaluate/flags/%C3%A4", single("ä")),
            ("/ofrep/v1/evaluate/flags/%FF%", single("\u{fffd}%")),
            ("/ofrep/v1/evaluate/flags/%2", single("%2")),
            ("/ofrep/v1/evaluate/flags/%+1", single("%+1")),
            ("///ofrep/v1/evaluate/flags", None),
            ("/ofrep/v1/evaluate/flagsa", None),
            ("/ofrep/v1/evaluate", None),
            ("/ofrep", None),
        ];
        for (path, endpoint) in table {
            assert_eq!(Endpoint::of(path), endpoint, "{path}");
        }
    }
}
