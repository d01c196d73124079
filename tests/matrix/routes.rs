//! Every route there is, read from the router's and the server functions' own source.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The evaluation endpoint takes every path below `/ofrep` in one handler; these are the two it knows.
const OFREP: [&str; 2] = ["POST /ofrep/v1/evaluate/flags", "POST /ofrep/v1/evaluate/flags/{flag}"];
/// How many routes are made from something else than a text: that handler.
const COMPUTED: usize = 1;

pub fn all() -> BTreeSet<String> {
    let mut found: BTreeSet<String> = OFREP.into_iter().map(str::to_owned).collect();
    let mut computed = 0;
    for source in sources("src/server/http") {
        for call in source.split(".route(").skip(1) {
            match call.trim_start().strip_prefix('"') {
                Some(rest) => found.extend(routes(rest)),
                None => computed += 1,
            }
        }
    }
    assert_eq!(computed, COMPUTED, "a route whose path is no text needs lines here by hand");
    // The door of the server functions, for each of them.
    assert!(found.remove("POST /fn/{*name}"));
    for source in sources("src/server_fns") {
        found.extend(source.split("endpoint = \"").skip(1).map(|rest| format!("POST /fn/{}", until(rest, '"'))));
    }
    found
}

/// `/login", get(login::get).post(login::post))` as `GET /login` and `POST /login`.
fn routes(rest: &str) -> Vec<String> {
    let path = until(rest, '"');
    // Up to the end of the call, which the next route or layer follows.
    let handlers = rest.split("\n        .").next().unwrap();
    let methods = ["get", "post", "put", "patch", "delete", "any"];
    let has = |method: &&str| [" ", ".", "\n", "("].iter().any(|before| handlers.contains(&format!("{before}{method}(")));
    let found: Vec<String> = methods.into_iter().filter(has).map(|method| format!("{} {path}", method.to_uppercase())).collect();
    assert!(!found.is_empty(), "no method in {handlers:?}");
    found
}

fn until(text: &str, end: char) -> &str {
    text.split(end).next().unwrap()
}

fn sources(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap();
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(sources(path.to_str().unwrap()));
        } else {
            found.push(fs::read_to_string(path).unwrap());
        }
    }
    found
}
