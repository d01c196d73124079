//! Who gets what at every door: `table.txt`, one line a route, one column a caller, run against a real server. A route that
//! has no line there fails.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code)]
#[path = "../pages/app.rs"]
mod app;
mod callers;
mod routes;
mod table;

use callers::{Caller, Callers};
use std::collections::BTreeSet;
use table::Row;

#[test]
fn every_route_has_a_line_and_every_line_a_route() {
    let table: BTreeSet<String> = table::rows().iter().map(Row::name).collect();
    let routes = routes::all();
    let missing: Vec<_> = routes.difference(&table).collect();
    assert!(missing.is_empty(), "these routes have no line in tests/matrix/table.txt: {missing:#?}");
    let gone: Vec<_> = table.difference(&routes).collect();
    assert!(gone.is_empty(), "these lines of tests/matrix/table.txt have no route: {gone:#?}");
}

#[tokio::test]
async fn every_cell_is_as_the_table_says() {
    let callers = Callers::gather().await;
    let (mut cells, mut wrong) = (0, Vec::new());
    for row in table::rows() {
        for (caller, expected) in Caller::ALL.into_iter().zip(&row.cells) {
            let answer = callers.ask(caller, &row).await;
            cells += 1;
            if answer.outcome() != *expected {
                wrong.push(format!("{} as {}: {}, not {expected}", row.name(), caller.name(), answer.outcome()));
            }
        }
    }
    println!("{cells} cells, {} wrong", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What somebody of another project sees is what they would see if the project did not exist.
#[tokio::test]
async fn a_foreign_project_answers_as_an_absent_one_byte_for_byte() {
    let callers = Callers::gather().await;
    let mut compared = 0;
    for row in table::rows().into_iter().filter(|row| row.mentions_project()) {
        let (foreign, absent) =
            (callers.ask(Caller::Outsider, &row).await, callers.ask(Caller::Outsider, &row.in_absent_project()).await);
        assert_eq!(foreign.without_chance("shop"), absent.without_chance(table::ABSENT), "{}", row.name());
        compared += 1;
    }
    assert!(compared > 10, "{compared}");
}
