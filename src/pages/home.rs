//! The way in: the project one was last likely to want.

use super::page::{self, PageResult};
use super::visit::Member;
use crate::server::services::projects;

pub async fn get(member: Member) -> PageResult {
    let projects = projects::visible(member.state(), &member.actor()).await?;
    match projects.first() {
        Some(stored) => page::go(format!("/p/{}/flags", stored.project.key)),
        None => page::go("/projects"),
    }
}
