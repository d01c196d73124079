//! JSON in text columns.

use super::StoreError;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Reads a JSON column. `what` names the row's noun in the error.
pub fn read<T: DeserializeOwned>(text: &str, what: &'static str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| StoreError::Unreadable { what, why: e.to_string() })
}

/// Writes a JSON column.
pub fn write<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Unreadable { what: "document", why: e.to_string() })
}
