//! The front's files (script, wasm, style, icons), embedded at compile time, so that the binary is the whole installation.
//! Knows nothing of flags or people: every file here is public.
//!
//! Pages name their files under `/pkg/{digest}/`, where the digest stands for the content of all of them. A new build has new
//! addresses, so a browser may keep what it has for a year.

use super::etag;
use super::security::tokens;
use std::sync::LazyLock;

use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use leptos::config::LeptosOptions;
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest, Sha256};

/// What `scripts/build-front` left. Empty where the front was not built: then every file is a 404 and pages work as plain HTML.
#[derive(RustEmbed)]
#[folder = "target/site"]
#[allow_missing = true]
struct Site;

const OUTPUT_NAME: &str = "flagstaff";
const A_YEAR: &str = "public, max-age=31536000, immutable";
const AN_HOUR: &str = "public, max-age=3600";

static DIGEST: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = Sha256::new();
    for path in Site::iter().filter(|path| path.starts_with("pkg/")) {
        hasher.update(path.as_bytes());
        hasher.update(Site::get(&path).map(|file| file.metadata.sha256_hash()).unwrap_or_default());
    }
    tokens::hex(&hasher.finalize()[..6])
});

/// Twelve hex digits that stand for the content of everything under `/pkg`.
pub fn digest() -> &'static str {
    &DIGEST
}

/// The address of one file of the package, such as `/pkg/3f9a…/flagstaff.css` for `flagstaff.css`.
pub fn url(file: &str) -> String {
    format!("/pkg/{}/{file}", digest())
}

/// Leptos' options, made here because they only say where the files are: `HydrationScripts` reads the folder from them.
pub fn leptos_options() -> LeptosOptions {
    LeptosOptions::builder().output_name(OUTPUT_NAME).site_pkg_dir(format!("pkg/{}", digest())).build()
}

/// `GET /pkg/{digest}/{*file}`: 404 for the digest of any other build.
pub async fn package(Path((of, file)): Path<(String, String)>, headers: HeaderMap) -> Response {
    if of == digest() { serve(&format!("pkg/{file}"), A_YEAR, &headers) } else { StatusCode::NOT_FOUND.into_response() }
}

/// `GET /favicon.svg`, `GET /icons.svg`: files whose address stays, so they are asked for again after an hour.
pub async fn root_file(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.contains('/') { StatusCode::NOT_FOUND.into_response() } else { serve(path, AN_HOUR, &headers) }
}

fn serve(path: &str, cache: &'static str, request: &HeaderMap) -> Response {
    let Some((file, encoding)) = pick(path, accepts_brotli(request)) else { return StatusCode::NOT_FOUND.into_response() };
    let tag = etag::of_digest(&file.metadata.sha256_hash()[..8]);
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(content_type(path))),
        (CACHE_CONTROL, HeaderValue::from_static(cache)),
        (VARY, HeaderValue::from_static("accept-encoding")),
        (HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff")),
        (ETAG, tag.clone()),
    ];
    if etag::matches(request, &tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, encoding.map(|name| [(CONTENT_ENCODING, name)]), Body::from(file.data)).into_response()
}

/// The file as it goes out, and its encoding. A `.br` file is never served under its own name.
fn pick(path: &str, brotli: bool) -> Option<(EmbeddedFile, Option<&'static str>)> {
    if path.ends_with(".br") {
        return None;
    }
    let compressed = if brotli { Site::get(&format!("{path}.br")) } else { None };
    compressed.map(|file| (file, Some("br"))).or_else(|| Site::get(path).map(|file| (file, None)))
}

fn accepts_brotli(request: &HeaderMap) -> bool {
    let values = request.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|item| {
        let (name, weight) = item.split_once(';').unwrap_or((item, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case("br") && weight.is_none_or(|q| q > 0.0)
    })
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("wasm") => "application/wasm",
        Some("png") => "image/png",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use axum::http::header::IF_NONE_MATCH;

    fn asking(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn brotli_is_sent_to_who_takes_it() {
        for yes in ["br", "gzip, deflate, br, zstd", "gzip;q=0.8, BR;q=0.5", "br ; q=1"] {
            assert!(accepts_brotli(&asking(ACCEPT_ENCODING, yes)), "{yes}");
        }
        for no in ["", "gzip", "br;q=0", "brotli", "gzip, br; q=0.0"] {
            assert!(!accepts_brotli(&asking(ACCEPT_ENCODING, no)), "{no}");
        }
    }

    #[test]
    fn the_digest_is_twelve_hex_digits_and_is_where_leptos_looks() {
        assert_eq!(digest().len(), 12);
        assert!(digest().chars().all(|c| c.is_ascii_hexdigit()));
        assert_eq!(&*leptos_options().site_pkg_dir, format!("pkg/{}", digest()));
        assert_eq!(url("flagstaff.css"), format!("/pkg/{}/flagstaff.css", digest()));
    }

    #[tokio::test]
    async fn another_builds_files_and_unknown_files_are_not_found() {
        for (of, file) in [("0123456789ab", "flagstaff.css"), (digest(), "nothing.css"), (digest(), "flagstaff.css.br")] {
            let answer = package(Path((of.to_owned(), file.to_owned())), HeaderMap::new()).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{of}/{file}");
        }
        let answer = root_file(Uri::from_static("/pkg/flagstaff.css"), HeaderMap::new()).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    }

    /// Holds whether or not the front was built: each file there is must come with its type, its age and its tag.
    #[tokio::test]
    async fn each_file_is_served_with_type_age_and_tag() {
        for path in Site::iter().filter(|path| path.starts_with("pkg/") && !path.ends_with(".br")) {
            let file = path.trim_start_matches("pkg/").to_owned();
            let asked = asking(ACCEPT_ENCODING, "br");
            let answer = package(Path((digest().to_owned(), file.clone())), asked).await;
            assert_eq!(answer.status(), StatusCode::OK, "{file}");
            assert_eq!(answer.headers()[CACHE_CONTROL], A_YEAR);
            assert_eq!(answer.headers()[CONTENT_ENCODING], "br", "{file}");
            assert_ne!(answer.headers()[CONTENT_TYPE], "application/octet-stream", "{file}");
            let again = asking(IF_NONE_MATCH, answer.headers()[ETAG].to_str().unwrap());
            let mut again = again;
            again.insert(ACCEPT_ENCODING, "br".parse().unwrap());
            assert_eq!(package(Path((digest().to_owned(), file)), again).await.status(), StatusCode::NOT_MODIFIED);
        }
    }
}
