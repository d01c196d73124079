//! What was found in a file, as lines that editors and CI can follow.

use super::source::Source;
use crate::server::services::flag_file::Finding;
use std::fmt::Write;

/// Every finding on a line of its own, then the sum.
pub fn refusal(file: &Source, findings: &[Finding]) -> String {
    let mut text: String = findings.iter().map(|finding| format!("{}:{finding}\n", file.name())).collect();
    text += &format!("{} in {}; nothing was changed", counted(findings.len(), "finding"), file.name());
    text
}

/// `flags.yaml:3:5: warning: flags.a.owner: …`
pub fn warning(file: &Source, finding: &Finding) -> String {
    let mut text = format!("{}:{}:{}: warning: ", file.name(), finding.at.line, finding.at.column);
    if !finding.path.is_empty() {
        // Writing to a text cannot fail.
        let _ = write!(text, "{}: ", finding.path);
    }
    text + &finding.message
}

/// `1 flag`, `2 flags`
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
