//! What is counted, and that it reaches the database.

use crate::fixture::{BULK, Installation, START, boolean, send};
use flagstaff::domain::flag::Flag;
use flagstaff::domain::time::{DAY, HOUR, MINUTE};
use flagstaff::server::background::counts;
use flagstaff::server::services::usage;
use reqwest::Method;
use serde_json::json;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

async fn rows<T>(app: &Installation, sql: &'static str) -> Vec<T>
where
    T: for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> + Send + Unpin,
{
    let raw = sqlx::SqlitePool::connect(&format!("sqlite:{}", app.file().display())).await.unwrap();
    sqlx::query_as(sql).fetch_all(&raw).await.unwrap()
}

const COUNTS: &str = "select flag_id, variant, hour, evaluated, delivered from evaluation_counts order by flag_id, variant, hour";
type Count = (String, String, i64, i64, i64);

fn count(flag: &str, variant: &str, hour: i64, evaluated: i64, delivered: i64) -> Count {
    (flag.to_owned(), variant.to_owned(), hour, evaluated, delivered)
}

#[tokio::test]
async fn single_answers_are_evaluated_and_bulk_answers_delivered() {
    let app = Installation::start().await;
    app.put(boolean("a"), json!({"targets": [{"variant": "off", "units": ["u"]}]})).await;
    app.put(boolean("b"), json!({})).await;
    for unit in ["u", "v", "w"] {
        app.ask("a", json!({ "targetingKey": unit })).await;
    }
    let first = app.poll(&app.client_key, &json!({}), None).await;
    app.clock.set(START.plus(5_000));
    for _ in 0..5 {
        assert_eq!(app.poll(&app.client_key, &json!({}), first.header("etag")).await.status, 304);
    }
    let counters = app.snapshot().flag("a").unwrap().counters.clone();
    assert_eq!((counters.pending_evaluated(), counters.pending_delivered()), (3, 1), "a 304 delivers nothing");
    assert_eq!((counters.last_evaluated(), counters.last_delivered()), (Some(START), Some(START)));
    app.serving.flush(false).await.unwrap();
    assert_eq!(counters.pending_evaluated() + counters.pending_delivered(), 0);
    let hour = START.millis() / HOUR * HOUR;
    let first_hour = [count("a", "off", hour, 1, 0), count("a", "on", hour, 2, 1), count("b", "on", hour, 0, 1)];
    assert_eq!(rows::<Count>(&app, COUNTS).await, first_hour);
    app.clock.set(START.plus(HOUR));
    app.ask("a", json!({})).await;
    app.serving.flush(false).await.unwrap();
    assert_eq!(rows::<Count>(&app, COUNTS).await[2], count("a", "on", hour + HOUR, 1, 0), "the next hour has a row of its own");
    let seen = "select flag_id, variant, evaluated_at, delivered_at from last_seen order by flag_id, variant";
    let at = START.millis();
    let expected: [(String, String, Option<i64>, Option<i64>); 3] = [
        ("a".to_owned(), "off".to_owned(), Some(at), None),
        ("a".to_owned(), "on".to_owned(), Some(at + HOUR), Some(at)),
        ("b".to_owned(), "on".to_owned(), None, Some(at)),
    ];
    assert_eq!(rows::<(String, String, Option<i64>, Option<i64>)>(&app, seen).await, expected);
}

#[tokio::test]
async fn unknown_and_archived_flags_asked_for_are_counted_hidden_ones_not() {
    let app = Installation::start().await;
    app.put(Flag { archived_at: Some(START), ..boolean("archived") }, json!({})).await;
    app.put(Flag { client_visible: false, ..boolean("hidden") }, json!({})).await;
    for key in ["typo", "typo", "archived", &"k".repeat(129)] {
        assert_eq!(app.ask(key, json!({})).await.status, 404);
    }
    let hidden = app.request(Method::POST, &format!("{BULK}/hidden")).header("x-api-key", &app.client_key).body("{}");
    assert_eq!(send(hidden).await.status, 404);
    let pending: Vec<_> = app.snapshot().unknown.pending().into_iter().map(|(key, asked)| (key, asked.count)).collect();
    assert_eq!(pending, [("archived".to_owned(), 1), ("typo".to_owned(), 2)]);
    app.serving.flush(false).await.unwrap();
    assert_eq!(app.ask("typo", json!({})).await.status, 404);
    app.serving.flush(false).await.unwrap();
    let sql = "select key, asked from unknown_flags order by key";
    assert_eq!(rows::<(String, i64)>(&app, sql).await, [("archived".to_owned(), 1), ("typo".to_owned(), 3)]);
}

#[tokio::test]
async fn a_keys_use_is_written_at_most_once_a_minute() {
    let app = Installation::start().await;
    app.put(boolean("a"), json!({})).await;
    let mut seen = Vec::new();
    for (after, last) in [(0, false), (MINUTE - 1, false), (MINUTE, false), (MINUTE + 5, false), (MINUTE + 5, true)] {
        app.clock.set(START.plus(after));
        app.ask("a", json!({})).await;
        app.serving.flush(last).await.unwrap();
        let used: Vec<(i64,)> = rows(&app, "select last_used_at from api_keys where last_used_at is not null").await;
        seen.push(used[0].0 - START.millis());
        assert_eq!(used.len(), 1, "the other key was not used");
    }
    assert_eq!(seen, [0, 0, MINUTE, MINUTE, MINUTE + 5]);
}

#[tokio::test]
async fn the_task_flushes_at_the_end() {
    let app = Installation::start().await;
    app.put(boolean("a"), json!({})).await;
    let shutdown = CancellationToken::new();
    let task = tokio::spawn(counts::run(app.serving.clone(), shutdown.clone()));
    tokio::time::sleep(Duration::from_millis(50)).await;
    app.ask("a", json!({})).await;
    shutdown.cancel();
    task.await.unwrap();
    assert_eq!(rows::<Count>(&app, COUNTS).await.len(), 1);
}

#[tokio::test]
async fn nothing_is_lost_between_requests_and_flushes_that_race() {
    let app = Installation::start().await;
    app.put(boolean("a"), json!({})).await;
    let flushing = async {
        for _ in 0..40 {
            app.serving.flush(false).await.unwrap();
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let asking = async {
        for round in 0..200 {
            assert_eq!(app.ask("a", json!({})).await.status, 200);
            if round % 20 == 0 {
                app.write(async |_| ()).await;
            }
        }
    };
    tokio::join!(flushing, asking);
    app.serving.flush(true).await.unwrap();
    assert_eq!(rows::<(i64,)>(&app, "select sum(evaluated) from evaluation_counts").await, [(200,)]);
}

#[tokio::test]
async fn hours_are_kept_for_400_days() {
    let app = Installation::start().await;
    app.put(boolean("a"), json!({})).await;
    for days in [0, 3] {
        app.clock.set(START.plus(days * DAY));
        app.ask("a", json!({})).await;
        app.serving.flush(false).await.unwrap();
    }
    let left = async |days: i64| {
        app.clock.set(START.plus(days * DAY));
        usage::prune(&app.db, app.clock.now()).await.unwrap();
        rows::<Count>(&app, COUNTS).await.len()
    };
    assert_eq!(left(399).await, 2);
    assert_eq!(left(402).await, 1);
    assert_eq!(left(402).await, 1, "however often it is done");
    assert_eq!(left(404).await, 0);
    let seen = rows::<(Option<i64>,)>(&app, "select evaluated_at from last_seen").await;
    assert_eq!(seen, [(Some(START.plus(3 * DAY).millis()),)], "when it was last asked for stays known");
}
