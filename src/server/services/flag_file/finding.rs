//! What a file gets wrong, or leaves to us: where, and what to write instead.

use std::fmt;

/// Counted from 1; columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

impl Place {
    pub const START: Self = Self { line: 1, column: 1 };
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub at: Place,
    /// Such as `flags.new_checkout.rules[1].operator`; empty for the file as a whole.
    pub path: String,
    /// A sentence: what was wrong, and what would be right.
    pub message: String,
}

impl Finding {
    pub fn new(at: Place, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { at, path: path.into(), message: message.into() }
    }
}

impl fmt::Display for Finding {
    /// `3:5: flags.new_checkout.percentage: …`, to follow a file's name and a colon.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.at.line, self.at.column)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}
