//! The one place that asks what time it is, so that tests and the demo can say it.

use crate::domain::time::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

#[derive(Debug, Clone)]
pub enum Clock {
    System,
    /// Stands still until it is set.
    Set(Arc<AtomicI64>),
}

impl Clock {
    pub fn at(moment: Timestamp) -> Self {
        Self::Set(Arc::new(AtomicI64::new(moment.millis())))
    }

    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => {
                let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
            }
            Self::Set(millis) => Timestamp::from_millis(millis.load(Ordering::SeqCst)),
        }
    }

    /// Moves a set clock; the system's goes its own way.
    pub fn set(&self, moment: Timestamp) {
        if let Self::Set(millis) = self {
            millis.store(moment.millis(), Ordering::SeqCst);
        }
    }
}
