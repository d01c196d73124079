//! A segment of 100,000 ids goes out and in again as the same bytes.

use super::house::House;
use flagstaff::domain::command::Command;
use flagstaff::server::services::flag_file::write::Format;
use serde_json::json;
use std::time::Instant;

#[tokio::test]
async fn a_hundred_thousand_ids_go_out_and_in_again() {
    let house = House::with(&["production"]).await;
    let include: Vec<String> = (0..100_000).map(|n| format!("user_{n}@shop.example")).collect();
    let segment = serde_json::from_value(json!({"key": "beta", "name": "Beta", "include": include})).unwrap();
    house.by_system(Command::CreateSegment { project: super::house::shop(), segment }).await;
    let start = Instant::now();
    let text = house.export(Format::Yaml).await;
    println!("exported {} bytes in {:?}", text.len(), start.elapsed());
    let other = House::with(&["production"]).await;
    let start = Instant::now();
    assert!(other.import(None, &text).await > 0);
    println!("imported in {:?}", start.elapsed());
    assert!(other.export(Format::Yaml).await == text, "the same bytes");
    assert_eq!(other.import(None, &text).await, 0, "nothing is left to change");
}
