//! What an island is told when its call fails.

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// Leptos answers every error with 500; [`super::Caller`] sets the status besides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FnError {
    /// The HTTP status that stands for it; 0 where the server was not reached.
    pub status: u16,
    /// For people.
    pub message: String,
}

impl FromServerFnError for FnError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let status = match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => 422,
            ServerFnErrorErr::Request(_) => 0,
            _ => 500,
        };
        #[cfg(feature = "ssr")]
        super::caller::answer_with(status);
        Self { status, message: error.to_string() }
    }
}

impl std::fmt::Display for FnError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}
