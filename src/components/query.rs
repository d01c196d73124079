//! The query of a page's address: sort, filter and paging are links that change one part of it and keep the rest.

/// Names and values in the order they stand in the address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query(pub Vec<(String, String)>);

impl Query {
    /// The first value of `name`; `None` when it is absent or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, value)| key == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    /// This query with `name` set to `value` and everything else as it is. An empty value takes `name` out.
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut pairs: Vec<_> = self.0.iter().filter(|(key, _)| key != name).cloned().collect();
        if !value.is_empty() {
            pairs.push((name.to_owned(), value.to_owned()));
        }
        Self(pairs)
    }

    pub fn without(&self, name: &str) -> Self {
        self.with(name, "")
    }

    /// A link to the same page with this query: `?q=owner%3Ame&page=2`, or `?` for none at all.
    pub fn href(&self) -> String {
        let parts: Vec<String> = self.0.iter().map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect();
        format!("?{}", parts.join("&"))
    }
}

/// Percent-encodes all but RFC 3986's unreserved characters, so that the text can stand anywhere in an address.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_changes_and_the_rest_stays() {
        let query = Query(vec![("q".into(), "owner:me a&b".into()), ("page".into(), "2".into())]);
        assert_eq!(query.with("page", "3").href(), "?q=owner%3Ame%20a%26b&page=3");
        assert_eq!(query.without("q").href(), "?page=2");
        assert_eq!(query.without("q").without("page").href(), "?");
        assert_eq!(query.get("page"), Some("2"));
        assert_eq!(query.get("sort"), None);
    }
}
