//! Bodies meant to hurt: each is refused in time, and before anything is evaluated.

use crate::fixture::{BULK, Installation, boolean, send};
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Generous beside the 100 ms that a quiet machine keeps, since tests run side by side on machines of any speed: what this
/// catches takes minutes, or has no end.
const SOON: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_body_may_have_64_kib_and_no_more() {
    let app = Installation::start().await;
    app.put(boolean("checkout"), json!({})).await;
    let frame = "{\"context\":{\"a\":\"\"}}".len();
    for (bytes, status) in [(64 * 1024, 200), (64 * 1024 + 1, 413), (300 * 1024, 413), (3 * 1024 * 1024, 413)] {
        let text = format!("{{\"context\":{{\"a\":\"{}\"}}}}", "x".repeat(bytes - frame));
        assert_eq!(text.len(), bytes);
        for path in [BULK.to_owned(), format!("{BULK}/checkout")] {
            let began = Instant::now();
            // Beyond what is drained the connection may break while the body is being sent.
            let Ok(response) = app.post(&path, text.clone()).send().await else {
                assert!(bytes > 256 * 1024);
                continue;
            };
            assert_eq!(response.status(), status, "{bytes} bytes");
            if status == 413 {
                let answer: serde_json::Value = response.json().await.unwrap();
                assert_eq!(answer["errorCode"], "GENERAL");
            }
            assert!(began.elapsed() < SOON);
        }
    }
}

#[tokio::test]
async fn endless_chunks_are_cut_off() {
    let app = Installation::start().await;
    let began = Instant::now();
    let stream = TcpStream::connect(app.address).await.unwrap();
    let (mut read, mut write) = stream.into_split();
    let head = format!("POST {BULK} HTTP/1.1\r\nhost: x\r\nx-api-key: {}\r\ntransfer-encoding: chunked\r\n\r\n", app.server_key);
    write.write_all(head.as_bytes()).await.unwrap();
    let sending = tokio::spawn(async move {
        let chunk = format!("1000\r\n{}\r\n", " ".repeat(4096));
        let mut sent = 0_usize;
        while write.write_all(chunk.as_bytes()).await.is_ok() {
            sent += 4096;
        }
        sent
    });
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(Ok(n @ 1..)) = tokio::time::timeout(SOON, read.read(&mut buffer)).await {
        answer.extend_from_slice(&buffer[..n]);
    }
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("application/json") && answer.contains("\"errorCode\":\"GENERAL\""), "{answer}");
    let sent = tokio::time::timeout(SOON, sending).await.expect("the connection was closed").unwrap();
    assert!(sent < 16 * 1024 * 1024, "{sent} bytes were taken");
    assert!(began.elapsed() < 2 * SOON);
}

#[tokio::test]
async fn depth_duplicates_and_broken_text_are_a_400() {
    let app = Installation::start().await;
    app.put(boolean("checkout"), json!({})).await;
    let nested = |depth: usize| format!("{{\"context\":{{\"a\":{}{}}}}}", "[".repeat(depth - 2), "]".repeat(depth - 2));
    let objects = format!("{}1{}", "{\"a\":".repeat(1_000), "}".repeat(1_000));
    let bodies: [Vec<u8>; 9] = [
        nested(33).into(),
        nested(1_000).into(),
        nested(30_000).into(),
        objects.into(),
        "[".repeat(60_000).into(),
        br#"{"context":{"targetingKey":"a","targetingKey":"b"}}"#.to_vec(),
        br#"{"context":{},"context":{"plan":"pro"}}"#.to_vec(),
        b"{\"context\":{\"a\":\"\xff\xfe\"}}".to_vec(),
        b"\xef\xbb\xbf{}".to_vec(),
    ];
    for body in bodies {
        let began = Instant::now();
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let answer = send(app.post(&format!("{BULK}/checkout"), body)).await;
        assert_eq!(answer.refused(400), "PARSE_ERROR", "{shown}");
        assert!(began.elapsed() < SOON, "{shown}");
    }
    assert_eq!(send(app.post(BULK, nested(32))).await.status, 200);
    assert_eq!(app.snapshot().flag("checkout").unwrap().counters.pending_evaluated(), 0);
}

#[tokio::test]
async fn a_body_that_never_comes_is_not_waited_for() {
    let app = Installation::start().await;
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    let head = format!("POST {BULK} HTTP/1.1\r\nhost: x\r\nx-api-key: {}\r\ncontent-length: 100\r\n\r\n{{", app.server_key);
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut buffer = [0; 4096];
    let read = tokio::time::timeout(Duration::from_secs(10) + SOON, stream.read(&mut buffer)).await;
    let answer = String::from_utf8_lossy(&buffer[..read.expect("an answer in time").unwrap()]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("\"errorCode\":\"GENERAL\""), "{answer}");
}
