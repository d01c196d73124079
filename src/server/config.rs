//! Where an installation lives and how it is reached: the values behind the options that every command shares.

use super::security::secrets::{MasterKey, Secret, SecretError};
use std::path::{Path, PathBuf};

/// Everything that can be configured. Nothing of it is read again after the start.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen: an address or a name, and a port; port 0 takes any that is free.
    pub addr: String,
    /// Holds the secret key, the audit's heads and, unless the database is said to be elsewhere, the database. Made when missing.
    pub data: PathBuf,
    /// The database's file.
    pub database: PathBuf,
    /// How people reach the server, `https://flags.shop.example`; without it, http at the address it listens on.
    pub public_url: Option<String>,
    /// Whether a fresh installation begins with the demo project.
    pub demo: bool,
    /// 64 or more hexadecimal digits, which several nodes share; without it, the file `secret.key` in the data folder.
    pub secret_key: Option<Secret<String>>,
}

/// For looking around on one's own machine: nobody else reaches it.
pub const DEFAULT_ADDR: &str = "127.0.0.1:3000";

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{0} is no database this version can use; write sqlite:PATH, such as sqlite:/var/lib/flagstaff/flagstaff.db")]
    DatabaseUrl(String),
    #[error("{0} is no public URL; write http:// or https://, a host and nothing after it, such as https://flags.shop.example")]
    PublicUrl(String),
    #[error("the data folder {path} cannot be made: {why}")]
    Folder { path: String, why: std::io::Error },
    #[error("there is no {what} at {path}; name the data folder with --data, or start with: flagstaff serve")]
    Missing { what: &'static str, path: String },
    #[error(transparent)]
    Secret(#[from] SecretError),
}

impl Config {
    /// The installation in `data`, with the database in `database_url` (`sqlite:PATH`) when that is given.
    pub fn new(data: PathBuf, database_url: Option<&str>, secret_key: Option<Secret<String>>) -> Result<Self, ConfigError> {
        let database = match database_url {
            Some(url) => sqlite_path(url).ok_or_else(|| ConfigError::DatabaseUrl(without_password(url)))?,
            None => data.join("flagstaff.db"),
        };
        Ok(Self { addr: DEFAULT_ADDR.to_owned(), data, database, public_url: None, demo: false, secret_key })
    }

    /// Makes the data folder, for its owner alone, and the secret key, where they are missing.
    pub fn make(&self) -> Result<MasterKey, ConfigError> {
        make_private_folder(&self.data).map_err(|why| ConfigError::Folder { path: self.data.display().to_string(), why })?;
        Ok(self.master_key()?)
    }

    /// Refuses where there is no installation yet: for commands that work on what is there, which should not leave an empty
    /// one behind where somebody mistyped the folder.
    pub fn find(&self) -> Result<MasterKey, ConfigError> {
        let exists = |path: &Path, what| match path.exists() {
            true => Ok(()),
            false => Err(ConfigError::Missing { what, path: path.display().to_string() }),
        };
        exists(&self.database, "database")?;
        if self.secret_key.is_none() {
            exists(&self.secret_file(), "secret key")?;
        }
        Ok(self.master_key()?)
    }

    /// Where the secret key is, unless a variable holds it.
    pub fn secret_file(&self) -> PathBuf {
        self.data.join("secret.key")
    }

    /// Where ends of the audit's chain are kept, beside the secret and not in the database.
    pub fn heads_file(&self) -> PathBuf {
        self.data.join("audit.heads")
    }

    fn master_key(&self) -> Result<MasterKey, SecretError> {
        match &self.secret_key {
            // The one place that turns the text into the key.
            Some(text) => MasterKey::parse(text.reveal(), "FLAGSTAFF_SECRET_KEY"),
            None => MasterKey::load_or_make(&self.secret_file()),
        }
    }
}

/// Checks a public URL and takes a slash off its end.
pub fn public_url(text: &str) -> Result<String, ConfigError> {
    let url = text.trim().trim_end_matches('/');
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    match !host.is_empty() && host.chars().all(plain) {
        true => Ok(url.to_owned()),
        false => Err(ConfigError::PublicUrl(text.to_owned())),
    }
}

fn sqlite_path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    (!path.is_empty() && !path.contains('?')).then(|| PathBuf::from(path))
}

/// A refused URL goes to the terminal and the log, so its password is left out.
fn without_password(url: &str) -> String {
    match url.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?.1))) {
        Some((scheme, host)) => format!("{scheme}://…@{host}"),
        None => url.to_owned(),
    }
}

#[cfg(unix)]
fn make_private_folder(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn make_private_folder(path: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn databases_are_named_by_url() {
        for (url, path) in [("sqlite:a.db", "a.db"), ("sqlite:///var/a.db", "/var/a.db"), ("sqlite://a.db", "a.db")] {
            assert_eq!(sqlite_path(url), Some(PathBuf::from(path)), "{url}");
        }
        for bad in ["a.db", "sqlite:", "sqlite:a.db?mode=ro", "postgres://ada:hush@db/flags"] {
            let refused = Config::new(PathBuf::from("data"), Some(bad), None).map_err(|e| e.to_string()).err();
            assert!(refused.as_deref().is_some_and(|said| said.contains("sqlite:PATH") && !said.contains("hush")), "{refused:?}");
        }
    }

    #[test]
    fn public_urls_are_an_origin() {
        for good in ["http://localhost:3000", "https://flags.shop.example/", "http://[::1]:3000"] {
            assert_eq!(public_url(good).ok().as_deref(), Some(good.trim_end_matches('/')), "{good}");
        }
        for bad in ["", "flags.shop.example", "ftp://x", "https://", "https://x/flags", "https://x?y", "https://a b"] {
            assert!(public_url(bad).is_err(), "{bad}");
        }
    }
}
