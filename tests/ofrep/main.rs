//! The evaluation endpoint as SDKs meet it: real sockets, a real database file, nothing but HTTP in between.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bulk;
mod cors;
mod counts;
mod fixture;
mod freshness;
mod health;
mod hostile;
mod keys;
mod plans;
mod refusals;
mod single;
mod truth;
