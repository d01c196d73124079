//! Entity tags: strong, each standing for the very bytes.

use super::security::tokens;
use axum::http::{HeaderMap, HeaderValue, header};
use sha2::{Digest, Sha256};

/// The tag of an answer: 128 bits of its SHA-256, so that no two answers share one.
pub fn of(body: &[u8]) -> HeaderValue {
    of_digest(&Sha256::digest(body)[..16])
}

/// The tag of something whose digest is known.
pub fn of_digest(digest: &[u8]) -> HeaderValue {
    let text = format!("\"{}\"", tokens::hex(digest));
    // Quotes and hexadecimal digits always make a header.
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

/// Whether `If-None-Match` names `tag`: `*`, or in a list, compared weakly (RFC 9110, 13.1.2), since a proxy that
/// compresses marks our tags as weak.
pub fn matches(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let lists = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    // Our tags hold no comma, so a comma always separates.
    let mut candidates = lists.flat_map(|list| list.split(',')).map(str::trim);
    candidates.any(|candidate| candidate == "*" || candidate.strip_prefix("W/").unwrap_or(candidate).as_bytes() == tag.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_none_match_is_read() {
        let tag = of(b"{}");
        let text = tag.to_str().unwrap_or_default().to_owned();
        assert_eq!(text.len(), 34);
        let lines = |lines: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::IF_NONE_MATCH, HeaderValue::from_str(line).unwrap_or(HeaderValue::from_static("")));
            }
            matches(&headers, &tag)
        };
        assert!(lines(&[&text]));
        assert!(lines(&[&format!("W/{text}")]));
        assert!(lines(&["*"]));
        assert!(lines(&[&format!("\"a\", W/\"b\" ,{text}")]));
        assert!(lines(&["\"a\"", &text]));
        assert!(!lines(&[]));
        assert!(!lines(&["\"a\""]));
        assert!(!lines(&[text.trim_matches('"')]));
    }
}
