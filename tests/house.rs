//! The house rules that a reader would otherwise have to remember: which room may use which, how long a file may be, and what
//! no test may do.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};

/// Each room on the ladder may use those before it.
const LADDER: &[&str] = &[
    "domain",
    "engine",
    "server::store",
    "server::error",
    "server::serving",
    "server::governance",
    "server::state",
    "server::services",
];

/// Stand beside the ladder: they use its first two rungs and each other, and serve all from the store upward.
const HELPERS: &[&str] = &["server::assets", "server::clock", "server::config", "server::etag", "server::security"];

/// Stand on the ladder, so may use all of it and the helpers, besides the neighbours named.
const TOP: &[(&str, &[&str])] = &[
    ("server_fns", &[]),
    ("components", &["islands"]),
    ("pages", &["components", "islands", "server_fns"]),
    ("server::http", &["components", "islands", "pages", "server_fns"]),
    ("server::background", &[]),
    ("server::cli", &["server"]),
];

/// Run in the browser, where there is nothing else.
const ISLANDS: (&str, &[&str]) = ("islands", &["domain", "server_fns"]);

/// Opens onto everything: the crate's root, the program, and the server's own start.
const HALLS: &[&str] = &["", "main", "server"];

/// The room of a module or path: the longest name that fits it.
fn room_of(path: &str) -> &str {
    let rooms = LADDER.iter().chain(HELPERS).chain(TOP.iter().map(|(room, _)| room)).chain([&ISLANDS.0, &"main", &"server"]);
    let fits = |room: &&&str| path == **room || path.strip_prefix(**room).is_some_and(|rest| rest.starts_with("::"));
    rooms.filter(fits).max_by_key(|room| room.len()).unwrap_or(&"")
}

fn may_use(from: &str, to: &str) -> bool {
    let below = |rungs: usize| LADDER[..rungs].contains(&to);
    if from == to || HALLS.contains(&from) {
        true
    } else if from == ISLANDS.0 {
        ISLANDS.1.contains(&to)
    } else if let Some(rung) = LADDER.iter().position(|room| *room == from) {
        below(rung) || (rung >= 2 && HELPERS.contains(&to))
    } else if HELPERS.contains(&from) {
        below(2) || HELPERS.contains(&to)
    } else {
        let neighbours = TOP.iter().find(|(room, _)| *room == from).map_or(&[][..], |(_, neighbours)| neighbours);
        below(LADDER.len()) || HELPERS.contains(&to) || neighbours.contains(&to)
    }
}

/// Every path of `source`, which is the file of `module`, that starts with `crate::` or `super::`, in `use` and in code alike,
/// with braces taken apart. What follows `#[cfg(test)]` is a module within, so one `super::` leads only to the file itself.
fn paths(module: &str, source: &str) -> Vec<String> {
    let code: String = source.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let (body, tests) = code.split_once("#[cfg(test)]").unwrap_or((&code, ""));
    let within = format!("{module}::tests");
    let relative = super_paths(module, body).into_iter().chain(super_paths(&within, tests));
    code.split("crate::").skip(1).flat_map(expand).chain(relative).collect()
}

fn super_paths(module: &str, code: &str) -> Vec<String> {
    let starts = code.match_indices("super::").map(|(at, _)| at).filter(|at| !code[..*at].ends_with("super::"));
    let path = |at: usize| {
        let (mut base, mut rest) = (module, &code[at..]);
        while let Some(after) = rest.strip_prefix("super::") {
            (base, rest) = (base.rsplit_once("::").map_or("", |(parent, _)| parent), after);
        }
        expand(rest).into_iter().map(move |tail| if base.is_empty() { tail } else { format!("{base}::{tail}") })
    };
    starts.flat_map(path).collect()
}

fn expand(rest: &str) -> Vec<String> {
    let name_ends = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(rest.len());
    let (head, tail) = rest.split_at(name_ends);
    let Some(inside) = tail.strip_prefix('{').filter(|_| head.is_empty() || head.ends_with("::")) else {
        return vec![head.to_owned()];
    };
    let (mut depth, mut start, mut parts) = (1, 0, Vec::new());
    for (at, c) in inside.char_indices() {
        depth = if c == '{' {
            depth + 1
        } else if c == '}' {
            depth - 1
        } else {
            depth
        };
        if depth == 0 || (depth == 1 && c == ',') {
            parts.push(inside[start..at].trim());
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    parts.iter().filter(|part| !part.is_empty()).flat_map(|part| expand(part)).map(|path| format!("{head}{path}")).collect()
}

/// The arrows of one file that run back, as `from -> path`.
fn bad_arrows(module: &str, source: &str) -> Vec<String> {
    let from = room_of(module);
    paths(module, source)
        .into_iter()
        .filter(|path| !may_use(from, room_of(path)))
        .map(|path| format!("{module} -> {path}"))
        .collect()
}

fn files(folder: &str, extensions: &[&str]) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)) else { return Vec::new() };
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let ours = !["node_modules", "test-results", "playwright-report"].contains(&name.as_str()) && !name.starts_with('.');
        if ours && path.is_dir() {
            found.extend(files(&path.to_string_lossy(), extensions));
        } else if ours && path.extension().is_some_and(|end| extensions.contains(&end.to_string_lossy().as_ref())) {
            found.push(path);
        }
    }
    found
}

fn module_of(file: &Path) -> String {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let names = file.strip_prefix(src).unwrap().with_extension("");
    let names: Vec<_> = names.iter().map(|name| name.to_string_lossy()).filter(|name| name != "mod" && name != "lib").collect();
    names.join("::")
}

fn ours() -> Vec<PathBuf> {
    let folders = ["src", "tests", "benches", "style", "end2end", "scripts", "tools"];
    folders.iter().flat_map(|folder| files(folder, &["rs", "ts", "mjs", "js", "css", "py"])).collect()
}

#[test]
fn no_arrow_runs_back() {
    let found = files("src", &["rs"]).into_iter();
    let bad: Vec<_> = found.flat_map(|file| bad_arrows(&module_of(&file), &fs::read_to_string(&file).unwrap())).collect();
    assert!(bad.is_empty(), "a room uses one that it may not know:\n{}", bad.join("\n"));
}

#[test]
fn files_stay_under_400_lines() {
    let length = |file: &PathBuf| fs::read_to_string(file).unwrap().lines().count();
    let long: Vec<_> = ours().into_iter().map(|file| (length(&file), file)).filter(|(lines, _)| *lines > 400).collect();
    assert!(long.is_empty(), "split these: {long:#?}");
}

#[test]
fn no_test_is_left_out_or_waits_by_the_clock() {
    // Put together here, so that this file does not find itself.
    let never = [["#[", "ignore"], ["test", ".only("], ["test", ".skip("], ["test", ".fixme("], ["waitFor", "Timeout("]];
    for file in ours() {
        let text = fs::read_to_string(&file).unwrap();
        for word in never.map(|parts| parts.concat()) {
            assert!(!text.contains(&word), "{} contains `{word}`", file.display());
        }
    }
}

#[test]
fn a_planted_arrow_is_found() {
    let bad = |module: &str, source: &str| !bad_arrows(module, source).is_empty();
    assert!(bad("domain::flag", "use crate::engine::evaluate;"));
    assert!(bad("server::store::flags", "use crate::{domain::Flag, server::{clock::Clock, governance::submit}};"));
    assert!(bad("server::store", "let x = crate::server::services::flags::list();"));
    assert!(bad("islands::switch", "use crate::server::state::AppState;"));
    assert!(bad("components::table", "use crate::pages::flags;"));
    assert!(bad("server::services::flags", "use crate::server::http::error::Problem;"));
    assert!(bad("server::store::flags", "use super::super::services;"));
    assert!(bad("engine", "use super::server::store;"));
    assert!(!bad("server::store::flags", "use super::db;\n#[cfg(test)]\nmod tests { use super::super::db; use super::*; }"));
    assert!(!bad("server::services::flags", "use crate::server::store::flags; use crate::domain::Flag; // crate::pages"));
    assert!(!bad("server::http::router", "use crate::{pages, server_fns, server::services::{flags, people}};"));
    assert!(!bad("server_fns::flags", "use crate::server::{state::AppState, security::session};"));
    assert!(!bad("server::cli::serve", "use crate::server;\ncrate::server::run(config).await"));
}
