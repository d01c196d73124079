//! The command line from outside: the real binary on data folders of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod backup;
mod check;
mod due;
mod evaluate;
mod export;
mod fixture;
mod import;
mod people;
mod refs_scan;
mod together;
mod usage;
mod verify_audit;
