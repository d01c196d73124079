//! Files that a command reads; `-` is standard input.

use super::failure::Failure;
use clap::builder::{OsStringValueParser, TypedValueParser};
use std::io::Read;
use std::path::{Path, PathBuf};

/// A file named on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source(PathBuf);

/// Reads a file's name on the command line.
pub fn parser() -> impl TypedValueParser<Value = Source> {
    OsStringValueParser::new().try_map(|path| match path.is_empty() {
        true => Err("name a file, or write - for standard input"),
        false => Ok(Source(path.into())),
    })
}

impl Source {
    fn is_stdin(&self) -> bool {
        self.0 == Path::new("-")
    }

    /// As messages call it.
    pub fn name(&self) -> String {
        if self.is_stdin() { "standard input".to_owned() } else { self.0.display().to_string() }
    }

    /// Everything in it, up to a byte more than `limit`, so that the caller can tell that there is too much.
    pub fn read(&self, limit: usize) -> Result<Vec<u8>, Failure> {
        let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        let mut bytes = Vec::new();
        let read = match self.is_stdin() {
            true => std::io::stdin().lock().take(most).read_to_end(&mut bytes),
            false => std::fs::File::open(&self.0).and_then(|file| file.take(most).read_to_end(&mut bytes)),
        };
        match read {
            Ok(_) => Ok(bytes),
            Err(why) => Err(Failure::refused(format!("{} cannot be read: {why}", self.name()))),
        }
    }
}
