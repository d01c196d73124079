//! `flagstaff refs scan`

use super::data::{self, DataArgs, Opened};
use super::failure::Failure;
use super::findings::counted;
use super::refs_server::Server;
use crate::domain::key::ProjectKey;
use crate::domain::mention::Keys;
use crate::domain::reference::{MOST, Reference, Scan, Upload};
use crate::domain::text::is_misleading;
use crate::server::clock::Clock;
use crate::server::services::references;
use clap::Args;
use clap::builder::BoolishValueParser;
use grep_regex::{RegexMatcher, RegexMatcherBuilder};
use grep_searcher::{BinaryDetection, Searcher, SearcherBuilder, Sink, SinkMatch};
use serde::Deserialize;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Find the lines of a source tree that name a project's flags, and keep them for the flags' pages and the cleanup board.
///
/// A key counts as a whole word in its own spelling, never as part of a longer name. What the tree's own .gitignore files leave
/// out, hidden files and binary ones are passed over. The places take those of the last search of the same repository away, unless
/// the search was none: no file was there, or some could not be read. Without --server the data folder here is worked on; with
/// it, FLAGSTAFF_API_KEY holds a server key of the project.
#[derive(Debug, Args)]
pub struct RefsScanArgs {
    /// The project whose flags are looked for. With --server the key says it.
    #[arg(long, value_name = "P", env = "FLAGSTAFF_PROJECT", required_unless_present = "server")]
    project: Option<ProjectKey>,
    /// The server to hand the places to, such as https://flags.shop.example.
    #[arg(long, value_name = "URL", env = "FLAGSTAFF_SERVER")]
    server: Option<String>,
    /// What the tree is called, such as shop/web; its folder's name unless said.
    #[arg(long, value_name = "NAME", env = "FLAGSTAFF_REPOSITORY")]
    repository: Option<String>,
    /// The branch that is searched.
    #[arg(long, value_name = "NAME", env = "FLAGSTAFF_BRANCH", default_value = "", hide_default_value = true)]
    branch: String,
    /// The commit that is searched.
    #[arg(long, value_name = "ID", env = "FLAGSTAFF_COMMIT", default_value = "", hide_default_value = true)]
    commit: String,
    /// Print the places, and keep none.
    #[arg(long, env = "FLAGSTAFF_DRY_RUN", value_parser = BoolishValueParser::new())]
    dry_run: bool,
    /// Keep what was found though no file was searched, or some could not be read.
    #[arg(long, env = "FLAGSTAFF_PARTIAL", value_parser = BoolishValueParser::new())]
    partial: bool,
    /// The source tree.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub async fn run(args: RefsScanArgs, data: &DataArgs) -> Result<(), Failure> {
    let top = args.folder.canonicalize().ok().filter(|path| path.is_dir());
    let top = top.ok_or_else(|| Failure::refused(format!("{} is no folder that can be read", args.folder.display())))?;
    let repository = args.repository.clone().or_else(|| Some(top.file_name()?.to_string_lossy().into_owned()));
    let repository = repository.ok_or_else(|| Failure::usage("name the tree with --repository, such as shop/web"))?;
    let scan = Scan { repository, branch: args.branch.clone(), commit: args.commit.clone() };
    if let Some(problem) = scan.problems().first() {
        return Err(Failure::usage(format!("--{}: {}", problem.field, problem.message)));
    }
    match &args.server {
        Some(url) => with_server(&args, url, &top, scan).await,
        None => with_data(&args, data, &top, scan).await,
    }
}

async fn with_data(args: &RefsScanArgs, data: &DataArgs, top: &Path, scan: Scan) -> Result<(), Failure> {
    let key = args.project.as_ref().ok_or_else(|| Failure::usage("name the project with --project"))?;
    let opened = Opened::find(&data.config()?).await?;
    let mut cx = opened.db.read().await?;
    let project = data::project(&mut cx, key).await?;
    let keys: Keys = references::keys(&mut cx, &project.id).await?.into_iter().collect();
    drop(cx);
    let found = search(top, &keys)?;
    if told(args, &scan, &keys, &found)? {
        let now = Clock::System.now();
        references::save(&opened.db, &project.id, &scan, found.references, now).await?;
    }
    opened.db.close().await;
    Ok(())
}

/// The keys that a server says.
#[derive(Deserialize)]
struct ServersKeys {
    keys: Vec<String>,
}

async fn with_server(args: &RefsScanArgs, url: &str, top: &Path, scan: Scan) -> Result<(), Failure> {
    let server = Server::at(url)?;
    let said: ServersKeys = server.get().await?;
    let keys: Keys = said.keys.into_iter().collect();
    let found = search(top, &keys)?;
    if told(args, &scan, &keys, &found)? {
        server.post(Upload { scan, references: found.references }).await?;
    }
    Ok(())
}

/// What a search found.
#[derive(Debug, Default)]
struct Found {
    references: Vec<Reference>,
    files: usize,
    /// Files and folders that could not be read.
    unread: usize,
}

impl Found {
    /// Why it says nothing of the tree as a whole, if so: what an earlier search found may well be there still.
    fn gap(&self) -> Option<String> {
        match (self.files, self.unread) {
            (0, _) => Some("no file was searched, which says nothing of this tree".to_owned()),
            (_, 0) => None,
            (_, 1) => Some("one file or folder could not be read, so keys in it would be missing".to_owned()),
            (_, many) => Some(format!("{many} files or folders could not be read, so keys in them would be missing")),
        }
    }
}

/// Says what was found; whether it is to be kept.
fn told(args: &RefsScanArgs, scan: &Scan, keys: &Keys, found: &Found) -> Result<bool, Failure> {
    if args.dry_run {
        for one in &found.references {
            println!("{}:{}: {}", one.file, one.line, one.key);
        }
    }
    let named: HashSet<&str> = found.references.iter().map(|one| one.key.as_str()).collect();
    let (places, files) = (counted(found.references.len(), "place"), counted(found.files, "file"));
    let verb = if found.references.len() == 1 { "names" } else { "name" };
    println!("{}: {files} searched; {places} {verb} {} of {}.", scan.repository, named.len(), counted(keys.len(), "flag"));
    if args.dry_run {
        println!("This was a dry run: nothing was kept.");
        return Ok(false);
    }
    match found.gap().filter(|_| !args.partial) {
        Some(gap) => {
            Err(Failure::refused(format!("{gap}: nothing is kept, and the last search stays; with --partial it is kept")))
        }
        None => Ok(true),
    }
}

/// Walks the tree. A file that cannot be read is told, and passed over.
fn search(top: &Path, keys: &Keys) -> Result<Found, Failure> {
    let mut found = Found::default();
    let literals: Vec<&str> = keys.iter().collect();
    let matcher = RegexMatcherBuilder::new().build_literals(&literals);
    let matcher = matcher.map_err(|why| Failure::refused(format!("the keys cannot be searched for: {why}")))?;
    let mut searcher = SearcherBuilder::new().binary_detection(BinaryDetection::quit(0)).line_number(true).build();
    // What is ignored is ignored in a tree without its .git folder too; what folders around it ignore is not the tree's word.
    for entry in ignore::WalkBuilder::new(top).require_git(false).parents(false).build() {
        let entry = match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => entry,
            Ok(_) => continue,
            Err(why) => {
                eprintln!("warning: {why}");
                found.unread += 1;
                continue;
            }
        };
        found.files += 1;
        let file = entry.path().strip_prefix(top).unwrap_or(entry.path());
        if !keys.is_empty() {
            search_file(&mut searcher, &matcher, entry.path(), &slashed(file), keys, &mut found);
        }
        if found.references.len() > MOST {
            let message = format!("more than {MOST} places name flags; search a smaller tree, such as its source folder");
            return Err(Failure::refused(message));
        }
    }
    found.references.sort();
    Ok(found)
}

/// With `/`, and with a sign in the place of what would not be shown as it is.
fn slashed(path: &Path) -> String {
    let path = path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    path.replace(is_misleading, "\u{fffd}")
}

fn search_file(searcher: &mut Searcher, matcher: &RegexMatcher, path: &Path, file: &str, keys: &Keys, found: &mut Found) {
    let mut lines = Lines { file, keys, references: Vec::new(), is_binary: false };
    if let Err(why) = searcher.search_path(matcher, path, &mut lines) {
        eprintln!("warning: {file} cannot be read: {why}");
        found.unread += 1;
    }
    // What stood before the first sign of a binary file is no code either.
    if !lines.is_binary {
        found.references.append(&mut lines.references);
    }
}

/// Takes the lines that hold a key somewhere, and keeps those that name it.
struct Lines<'l> {
    file: &'l str,
    keys: &'l Keys,
    references: Vec<Reference>,
    is_binary: bool,
}

impl Sink for Lines<'_> {
    type Error = std::io::Error;

    fn matched(&mut self, _: &Searcher, matched: &SinkMatch<'_>) -> Result<bool, Self::Error> {
        let first = matched.line_number().unwrap_or(1);
        for (at, line) in (first..).zip(matched.lines()) {
            let text = String::from_utf8_lossy(line);
            for key in self.keys.named_in(&text) {
                let line = u32::try_from(at).unwrap_or(u32::MAX);
                self.references.push(Reference { key: key.to_owned(), file: self.file.to_owned(), line });
            }
        }
        Ok(true)
    }

    fn binary_data(&mut self, _: &Searcher, _: u64) -> Result<bool, Self::Error> {
        self.is_binary = true;
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_with_gaps_is_none_of_the_whole_tree() {
        let gap = |files, unread| Found { files, unread, references: Vec::new() }.gap().unwrap_or_default();
        assert_eq!(gap(3, 0), "");
        assert!(gap(0, 0).starts_with("no file was searched"));
        assert!(gap(3, 1).starts_with("one file or folder could not be read"));
        assert!(gap(3, 2).starts_with("2 files or folders could not be read"));
    }
}
