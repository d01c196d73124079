//! Tasks that run beside the requests until they are told to stop. Each may be stopped and started at any moment.

pub mod attributes;
pub mod audit;
pub mod counts;
pub mod due;
pub mod old_counts;
pub mod refresh;
pub mod reminders;
pub mod sessions;
pub mod unknown;
