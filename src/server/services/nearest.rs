//! Words that were meant, for services and commands; see [`crate::domain::nearest`].

pub use crate::domain::nearest::{Vocabulary, did_you_mean, nearest};
