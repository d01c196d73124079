//! A data folder, and the binary run on it.

use flagstaff::domain::actor::Actor;
use flagstaff::domain::command::Command;
use flagstaff::domain::environment::Environment;
use flagstaff::domain::key::{EnvironmentKey, ProjectKey};
use flagstaff::domain::project::Project;
use flagstaff::server::clock::Clock;
use flagstaff::server::config::Config;
use flagstaff::server::governance::{Governance, Submission};
use flagstaff::server::store::Db;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command as Process, Output, Stdio};

pub const CHECKOUT: &str = r#"flags:
  new_checkout:
    enabled: true
    percentage: 10
    allowed_users: [user_123]
    rules:
      - {attribute: plan, operator: in, value: [pro, enterprise]}
      - {attribute: country, operator: equals, value: US}
    owner: payments-team
    expires: "2027-06-01"
    on_expiry: serve_off
    jira: PAY-1234
"#;

/// What came of a command.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.out
    }
    /// Ended with `code`, saying each of `words` on standard error.
    #[track_caller]
    pub fn failed(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{self:?}");
        for word in words {
            assert!(self.err.contains(word), "{word:?} is not said: {self:?}");
        }
    }
}

pub struct Folder {
    root: tempfile::TempDir,
}

impl Folder {
    /// Without an installation.
    pub fn bare() -> Self {
        Self { root: tempfile::tempdir().unwrap() }
    }

    /// With the project `shop` and its usual environments.
    pub async fn with_project() -> Self {
        let folder = Self::bare();
        let config = Config::new(folder.data(), None, None).unwrap();
        let master = config.make().unwrap();
        let db = Db::open(&config.database).await.unwrap();
        let environments = ["development", "staging", "production"].into_iter().zip(0..);
        let environments = environments.map(|(key, at)| Environment::usual(EnvironmentKey::parse(key).unwrap(), at)).collect();
        let project = Project::new(ProjectKey::parse("shop").unwrap(), "Shop");
        let governance = Governance::new(db.clone(), master.derive("audit"), Clock::System, None);
        let command = Command::CreateProject { project, environments };
        governance.submit(&Actor::System, Submission::new(command)).await.unwrap();
        db.close().await;
        folder
    }

    pub fn data(&self) -> PathBuf {
        self.root.path().join("data")
    }

    pub fn database(&self) -> PathBuf {
        self.data().join("flagstaff.db")
    }

    /// Writes a file and returns its path.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.root.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, &[], "")
    }

    /// Runs with variables and a text on standard input.
    pub fn run_with(&self, args: &[&str], variables: &[(&str, &str)], input: &str) -> Ran {
        let mut process = Process::new(env!("CARGO_BIN_EXE_flagstaff"));
        // What the developer has set is no part of the test.
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("FLAGSTAFF_")) {
            process.env_remove(name);
        }
        process.args(args).envs(variables.iter().copied()).current_dir(self.root.path());
        let mut child = process.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A command that does not read its input may be gone already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        ran(child.wait_with_output().unwrap())
    }

    pub fn import(&self, name: &str, text: &str, more: &[&str]) -> Ran {
        let file = self.file(name, text);
        let mut args = vec!["import", "--project", "shop", "--environment", "production"];
        args.extend(more);
        args.push(&file);
        self.run(&args)
    }
}

fn ran(output: Output) -> Ran {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}
