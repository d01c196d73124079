//! Teams of a project and who is in them.

use super::db::{on_db, run_on_db};
use super::{Cx, StoreError, Tx};
use crate::domain::id::{ProjectId, TeamId, UserId};
use crate::domain::key::TeamKey;
use crate::domain::team::Team;
use std::collections::HashMap;

#[derive(Debug, Clone)]
pub struct StoredTeam {
    pub id: TeamId,
    pub team: Team,
    /// Rises by one with every change.
    pub version: i64,
}

pub async fn insert(tx: &mut Tx, id: &TeamId, project: &ProjectId, team: &Team) -> Result<(), StoreError> {
    let sql = "insert into teams (id, project_id, key, name, version) values ($1, $2, $3, $4, 1)";
    run_on_db!(tx, c => sqlx::query(sql).bind(id.as_str()).bind(project.as_str()).bind(team.key.as_str()).bind(&team.name).execute(c))?;
    Ok(())
}

pub async fn update(tx: &mut Tx, id: &TeamId, team: &Team) -> Result<(), StoreError> {
    let sql = "update teams set name = $2, version = version + 1 where id = $1";
    run_on_db!(tx, c => sqlx::query(sql).bind(id.as_str()).bind(&team.name).execute(c))?;
    Ok(())
}

pub async fn delete(tx: &mut Tx, id: &TeamId) -> Result<(), StoreError> {
    set_members(tx, id, &[]).await?;
    run_on_db!(tx, c => sqlx::query("delete from teams where id = $1").bind(id.as_str()).execute(c))?;
    Ok(())
}

/// Replaces who is in a team.
pub async fn set_members(tx: &mut Tx, id: &TeamId, members: &[UserId]) -> Result<(), StoreError> {
    run_on_db!(tx, c => sqlx::query("delete from team_members where team_id = $1").bind(id.as_str()).execute(c))?;
    for member in members {
        let sql = "insert into team_members (team_id, user_id) values ($1, $2)";
        run_on_db!(tx, c => sqlx::query(sql).bind(id.as_str()).bind(member.as_str()).execute(c))?;
    }
    Ok(())
}

/// Takes somebody out of every team of a project.
pub async fn remove_member(tx: &mut Tx, project: &ProjectId, user: &UserId) -> Result<(), StoreError> {
    let sql = "delete from team_members where user_id = $2 and team_id in (select id from teams where project_id = $1)";
    run_on_db!(tx, c => sqlx::query(sql).bind(project.as_str()).bind(user.as_str()).execute(c))?;
    Ok(())
}

/// The teams of a project, by key.
pub async fn of_project(cx: &mut Cx, project: &ProjectId) -> Result<Vec<StoredTeam>, StoreError> {
    let sql = "select t.id, u.email from team_members m join teams t on t.id = m.team_id join users u on u.id = m.user_id
               where t.project_id = $1";
    let pairs: Vec<(String, String)> = on_db!(cx, c => sqlx::query_as(sql).bind(project.as_str()).fetch_all(c))?;
    let mut members: HashMap<String, Vec<String>> = HashMap::new();
    for (team, email) in pairs {
        members.entry(team).or_default().push(email);
    }
    for emails in members.values_mut() {
        emails.sort();
    }
    let sql = "select id, key, name, version from teams where project_id = $1";
    let rows: Vec<(String, String, String, i64)> = on_db!(cx, c => sqlx::query_as(sql).bind(project.as_str()).fetch_all(c))?;
    let read = |(id, key, name, version): (String, String, String, i64)| {
        let key = TeamKey::parse(&key).map_err(|e| StoreError::Unreadable { what: "team", why: e.to_string() })?;
        let members = members.remove(&id).unwrap_or_default();
        Ok(StoredTeam { id: TeamId::from_text(id), team: Team { key, name, members }, version })
    };
    let mut found = rows.into_iter().map(read).collect::<Result<Vec<StoredTeam>, StoreError>>()?;
    // Here, because databases differ in how they order texts.
    found.sort_by(|a, b| a.team.key.cmp(&b.team.key));
    Ok(found)
}

pub async fn find(cx: &mut Cx, project: &ProjectId, key: &TeamKey) -> Result<Option<StoredTeam>, StoreError> {
    Ok(of_project(cx, project).await?.into_iter().find(|stored| &stored.team.key == key))
}
