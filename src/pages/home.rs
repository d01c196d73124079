//! The way in: the project one was last likely to want.

use super::page::{self, Frame, PageResult};
use super::visit::Member;
use crate::components::*;
use crate::server::services::projects;
use leptos::prelude::*;

pub async fn get(member: Member) -> PageResult {
    let projects = projects::visible(member.state(), &member.actor()).await?;
    match projects.first() {
        Some(stored) => page::go(format!("/p/{}/flags", stored.project.key)),
        None => member.page(Frame { title: "No project yet".to_owned(), ..Frame::default() }, empty).await,
    }
}

fn empty() -> impl IntoView {
    view! {
        <EmptyNew icon=Glyph::Project title="You are not in a project yet">
            <p>"Flags live in projects. Ask an owner of this installation to add you to one; then it is here."</p>
        </EmptyNew>
    }
}
