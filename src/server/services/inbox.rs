//! What concerns somebody, across their projects.

use super::audit::names;
use crate::domain::actor::{Actor, Person};
use crate::domain::inbox::{About, Message};
use crate::server::error::Error;
use crate::server::state::AppState;
use crate::server::store;
use std::collections::HashSet;

/// Messages that the page shows.
const SHOWN: i64 = 200;

/// A message with the name of who is behind it.
#[derive(Debug, Clone)]
pub struct Told {
    pub message: Message,
    pub who: String,
}

/// The newest messages of a person.
pub async fn list(state: &AppState, person: &Person) -> Result<Vec<Told>, Error> {
    let mut cx = state.db.read().await?;
    let messages = store::inbox::of_user(&mut cx, &person.id, is_owner(person), SHOWN).await?;
    let names = names(&mut cx).await?;
    let projects = store::projects::all(&mut cx).await?;
    let actor = Actor::Person(person.clone());
    // A digest may be of projects that they have left since.
    let theirs = projects.into_iter().filter(|stored| actor.role_in(&stored.id).is_some());
    let theirs: HashSet<String> = theirs.map(|stored| stored.project.key.to_string()).collect();
    let told = |mut message: Message| {
        if let About::Flags(lines) = &mut message.about {
            lines.retain(|line| theirs.contains(&line.project));
        }
        let who = names.get(&message.actor).unwrap_or(&message.actor).clone();
        Told { message, who }
    };
    Ok(messages.into_iter().map(told).collect())
}

/// How many of them are new.
pub async fn unread(state: &AppState, person: &Person) -> Result<i64, Error> {
    Ok(store::inbox::unread(&mut state.db.read().await?, &person.id, is_owner(person)).await?)
}

/// Marks everything up to the newest that was shown as seen.
pub async fn see_all(state: &AppState, person: &Person, upto: &str) -> Result<(), Error> {
    let mut tx = state.db.begin().await?;
    store::inbox::see_all(&mut tx, &person.id, upto, state.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// Marks what concerns one request as seen, where something of it is new. A page is shown whether or not that can be written.
pub async fn see_request(state: &AppState, person: &Person, request: &crate::domain::id::RequestId) -> Result<(), Error> {
    if !store::inbox::is_new(&mut state.db.read().await?, &person.id, request).await? {
        return Ok(());
    }
    let mut tx = state.db.begin().await?;
    store::inbox::see_request(&mut tx, &person.id, request, state.clock.now()).await?;
    Ok(tx.commit().await?)
}

fn is_owner(person: &Person) -> bool {
    Actor::Person(person.clone()).is_owner()
}
