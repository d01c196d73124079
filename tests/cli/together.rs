//! A server and commands at work on one data folder at once: nobody is turned away because another one writes.

use super::fixture::Folder;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command as Process, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Eight people who click and eight commands that import.
const EACH: usize = 8;
pub const PASSWORD: &str = "correct horse battery";

/// How long they go on; `TOGETHER_SECONDS` makes it longer.
fn how_long() -> Duration {
    let named = std::env::var("TOGETHER_SECONDS").ok().map(|text| text.parse().unwrap());
    Duration::from_secs(named.unwrap_or(5))
}

/// A running server; ended when the test is.
pub struct Server {
    process: Child,
    address: String,
}

impl Server {
    pub fn start(folder: &Folder) -> Self {
        let mut process = Process::new(env!("CARGO_BIN_EXE_flagstaff"));
        process.args(["serve", "--addr", "127.0.0.1:0", "--data"]).arg(folder.data());
        let mut process = process.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
        let address = lines.filter_map(|line| line.split("listening on ").nth(1).map(str::to_owned)).next().unwrap();
        Self { process, address: address.trim().to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn file(number: usize, percentage: usize) -> String {
    format!(
        "flags:\n  imported_{number}:\n    enabled: true\n    percentage: {percentage}\n    owner: shop\n    expires: \"2199-01-01\"\n"
    )
}

/// Turns its own flag on and off until the time is over; returns how often.
async fn click(client: reqwest::Client, address: String, number: usize, until: Instant) -> usize {
    let mut count = 0;
    while Instant::now() < until {
        let enabled = if count % 2 == 0 { "true" } else { "false" };
        let url = format!("{address}/p/shop/flags/clicked_{number}/development");
        let answer = client.post(url).form(&[("_form", "switch"), ("enabled", enabled)]).send().await.unwrap();
        let status = answer.status().as_u16();
        assert_eq!(status, 303, "{}", answer.text().await.unwrap());
        count += 1;
    }
    count
}

/// Imports its own flag with ever other shares until the time is over; returns how often.
fn import(folder: &Folder, number: usize, until: Instant) -> usize {
    let mut count = 0;
    while Instant::now() < until {
        let path = folder.file(&format!("{number}.yaml"), &file(number, 1 + count % 99));
        let ran = folder.run(&["import", "--project", "shop", "--environment", "development", &path]);
        assert_eq!(ran.code, 0, "{ran:?}");
        count += 1;
    }
    count
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_writers_in_two_kinds_of_process_never_meet_a_locked_database() {
    let folder = Arc::new(Folder::with_project().await);
    let flags: String = (0..EACH).map(|number| format!("  clicked_{number}: false\n")).collect();
    let path = folder.file("clicked.yaml", &format!("flags:\n{flags}"));
    folder.run(&["import", "--project", "shop", "--environment", "development", &path]).ok();
    let account = ["user", "create", "--email", "ada@shop.example", "--name", "Ada", "--role", "editor", "--project", "shop"];
    folder.run_with(&[&account[..], &["--password-stdin"]].concat(), &[], PASSWORD).ok();
    let before = rows(&folder);

    let server = Server::start(&folder);
    let client = reqwest::Client::builder().cookie_store(true).redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let form = [("email", "ada@shop.example"), ("password", PASSWORD)];
    let login = client.post(format!("{}/login", server.address)).form(&form).send().await.unwrap();
    assert_eq!(login.status().as_u16(), 303);

    let until = Instant::now() + how_long();
    let clicks: Vec<_> =
        (0..EACH).map(|number| tokio::spawn(click(client.clone(), server.address.clone(), number, until))).collect();
    let imports: Vec<_> = (0..EACH)
        .map(|number| {
            let folder = Arc::clone(&folder);
            std::thread::spawn(move || import(&folder, number, until))
        })
        .collect();
    let mut clicked = 0;
    for task in clicks {
        clicked += task.await.unwrap();
    }
    let imported: usize = imports.into_iter().map(|thread| thread.join().unwrap()).sum();
    println!("{clicked} clicks and {imported} imports, none turned away");
    drop(server);

    // The first import of each makes a flag and its state: two rows; every other one row, as does every click.
    assert_eq!(rows(&folder), before + clicked + imported + EACH);
}

/// The audit's rows, all of them sound.
pub fn rows(folder: &Folder) -> usize {
    let out = folder.run(&["verify-audit"]).ok();
    let number = out.split("as it was written: ").nth(1).and_then(|rest| rest.split_whitespace().next());
    number.unwrap_or_else(|| panic!("{out}")).parse().unwrap()
}
