//! Searches of the flag list that somebody keeps. They change nothing that anybody is served, so they need no audit.

use super::projects::OpenProject;
use crate::domain::actor::Person;
use crate::domain::flag::Problem;
use crate::server::error::Error;
use crate::server::state::AppState;
use crate::server::store;
pub use crate::server::store::views::View;

/// Views that one person may keep in a project: more would not fit above the list.
const MOST: usize = 20;
/// Characters of a name, and of a search.
const LONGEST_NAME: usize = 40;
const LONGEST_QUERY: usize = 500;

/// Those of `person`, oldest first.
pub async fn list(state: &AppState, person: &Person, project: &OpenProject) -> Result<Vec<View>, Error> {
    Ok(store::views::of_person(&mut state.db.read().await?, &person.id, &project.stored.id).await?)
}

/// Keeps a search under a name, in the place of one that has it.
pub async fn save(state: &AppState, person: &Person, project: &OpenProject, name: &str, query: &str) -> Result<(), Error> {
    let view = View { name: name.trim().to_owned(), query: query.trim().to_owned() };
    let kept = list(state, person, project).await?;
    let problems = problems(&view, &kept);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let mut tx = state.db.begin().await?;
    store::views::save(&mut tx, &person.id, &project.stored.id, &view, state.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

fn problems(view: &View, kept: &[View]) -> Vec<Problem> {
    let mut found = Vec::new();
    if view.name.is_empty() || view.name.chars().count() > LONGEST_NAME {
        found.push(Problem::new("name", format!("Write a name of 1 to {LONGEST_NAME} characters, such as Web team.")));
    }
    if view.query.is_empty() {
        found.push(Problem::new("name", "Search for something first; all flags are a view already."));
    }
    if view.query.chars().count() > LONGEST_QUERY {
        found.push(Problem::new("name", format!("A view keeps a search of at most {LONGEST_QUERY} characters.")));
    }
    if kept.len() >= MOST && kept.iter().all(|other| other.name != view.name) {
        found.push(Problem::new("name", format!("You keep {MOST} views here; remove one first.")));
    }
    found
}

pub async fn remove(state: &AppState, person: &Person, project: &OpenProject, name: &str) -> Result<(), Error> {
    let mut tx = state.db.begin().await?;
    store::views::delete(&mut tx, &person.id, &project.stored.id, name).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_has_a_name_and_a_search() {
        let view = |name: &str, query: &str| View { name: name.to_owned(), query: query.to_owned() };
        let full: Vec<View> = (0..MOST).map(|n| view(&n.to_string(), "a")).collect();
        for (new, kept, wrong) in [
            (view("Web team", "tag:web"), &[][..], 0),
            (view("", "tag:web"), &[], 1),
            (view(&"x".repeat(41), "tag:web"), &[], 1),
            (view("All", ""), &[], 1),
            (view("New", "a"), &full, 1),
            (view("7", "b"), &full, 0),
        ] {
            assert_eq!(problems(&new, kept).len(), wrong, "{new:?}");
        }
    }
}
