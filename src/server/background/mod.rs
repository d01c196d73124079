//! Tasks that run beside the requests until they are told to stop. Each may be stopped and started at any moment.

pub mod attributes;
pub mod counts;
pub mod refresh;
pub mod sessions;
pub mod unknown;
