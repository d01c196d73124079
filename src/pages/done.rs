//! What a person just did, at the top of the page they came back to: `?done=12` names the row of the audit.

use super::page::Notice;
use super::visit::Member;
use crate::domain::change::{Change, sentence};
use crate::server::services::projects::OpenProject;
use crate::server::services::{audit, undo};
use serde::Deserialize;

/// What the address of a page says that a change may lead to.
#[derive(Debug, Default, Deserialize)]
pub struct Params {
    /// The change that led here, by its row of the audit; text, because anything may be typed.
    #[serde(default)]
    pub done: String,
}

/// The notice for `?done=SEQ`, with a way back where one click may undo it. Never fails a page: at worst it says nothing.
pub async fn notice(member: &Member, project: &OpenProject, done: Option<i64>) -> Option<Notice> {
    let just = undo::just_done(member.state(), &member.person, project, done?).await.ok().flatten()?;
    let address = || format!("/p/{}/undo/{}", project.key(), just.change.seq);
    let (undo, again) = (just.can_undo.then(address), just.can_turn_on_again.then(address));
    let said = sentence(&Change { who: "You".to_owned(), ..just.change });
    let owed = just.owed.map(|number| format!(" Somebody else looks at it afterwards, in change request #{number}."));
    Some(Notice { text: format!("{said}.{}", owed.unwrap_or_default()), undo, again })
}

/// The same past any project: what one did to accounts, or to a project that is gone.
pub async fn notice_of_own(member: &Member, done: Option<i64>) -> Option<Notice> {
    let change = audit::own(member.state(), &member.person, done?).await.ok().flatten()?;
    let is_own_password = change.action == "user.set_password" && change.name() == member.person.email;
    let text = match is_own_password {
        true => "Your password is changed. Every other browser was signed out.".to_owned(),
        false => format!("{}.", sentence(&Change { who: "You".to_owned(), ..change })),
    };
    Some(Notice { text, ..Notice::default() })
}
