//! Who belongs to which project.

use super::db::{on_db, run_on_db};
use super::{Cx, StoreError, Tx};
use crate::domain::id::{ProjectId, UserId};
use crate::domain::role::Role;

fn read_role(text: &str) -> Result<Role, StoreError> {
    Role::parse(text).ok_or_else(|| StoreError::Unreadable { what: "member", why: format!("no role {text}") })
}

pub async fn set(tx: &mut Tx, project: &ProjectId, user: &UserId, role: Role, break_glass: bool) -> Result<(), StoreError> {
    let sql = "insert into members (project_id, user_id, role, break_glass) values ($1, $2, $3, $4)
               on conflict (project_id, user_id) do update set role = excluded.role, break_glass = excluded.break_glass";
    run_on_db!(tx, c => sqlx::query(sql).bind(project.as_str()).bind(user.as_str()).bind(role.as_str())
        .bind(i64::from(break_glass)).execute(c))?;
    Ok(())
}

pub async fn remove(tx: &mut Tx, project: &ProjectId, user: &UserId) -> Result<(), StoreError> {
    let sql = "delete from members where project_id = $1 and user_id = $2";
    run_on_db!(tx, c => sqlx::query(sql).bind(project.as_str()).bind(user.as_str()).execute(c))?;
    Ok(())
}

/// The members of a project with their roles, by name; disabled ones included.
pub async fn of_project(cx: &mut Cx, project: &ProjectId) -> Result<Vec<(UserId, Role)>, StoreError> {
    let sql = "select m.user_id, m.role from members m join users u on u.id = m.user_id
               where m.project_id = $1 order by u.name, u.email";
    let rows: Vec<(String, String)> = on_db!(cx, c => sqlx::query_as(sql).bind(project.as_str()).fetch_all(c))?;
    rows.into_iter().map(|(id, role)| Ok((UserId::from_text(id), read_role(&role)?))).collect()
}

pub async fn role(cx: &mut Cx, project: &ProjectId, user: &UserId) -> Result<Option<Role>, StoreError> {
    let sql = "select role from members where project_id = $1 and user_id = $2";
    let text: Option<String> =
        on_db!(cx, c => sqlx::query_scalar(sql).bind(project.as_str()).bind(user.as_str()).fetch_optional(c))?;
    text.as_deref().map(read_role).transpose()
}

/// Every role a person holds.
pub async fn roles_of(cx: &mut Cx, user: &UserId) -> Result<Vec<(ProjectId, Role)>, StoreError> {
    let sql = "select project_id, role from members where user_id = $1";
    let rows: Vec<(String, String)> = on_db!(cx, c => sqlx::query_as(sql).bind(user.as_str()).fetch_all(c))?;
    rows.into_iter().map(|(project, role)| Ok((ProjectId::from_text(project), read_role(&role)?))).collect()
}

/// Who of a project's members may break the glass.
pub async fn glass_breakers(cx: &mut Cx, project: &ProjectId) -> Result<Vec<UserId>, StoreError> {
    let sql = "select user_id from members where project_id = $1 and break_glass = 1";
    let ids: Vec<String> = on_db!(cx, c => sqlx::query_scalar(sql).bind(project.as_str()).fetch_all(c))?;
    Ok(ids.into_iter().map(UserId::from_text).collect())
}

/// The projects in which a person may break the glass.
pub async fn glass_of(cx: &mut Cx, user: &UserId) -> Result<Vec<ProjectId>, StoreError> {
    let sql = "select project_id from members where user_id = $1 and break_glass = 1";
    let ids: Vec<String> = on_db!(cx, c => sqlx::query_scalar(sql).bind(user.as_str()).fetch_all(c))?;
    Ok(ids.into_iter().map(ProjectId::from_text).collect())
}

/// The enabled people of a project with the roles they hold, the installation's owners as admins: identity, name and role,
/// by name.
pub async fn roles(cx: &mut Cx, project: &ProjectId) -> Result<Vec<(UserId, String, Role)>, StoreError> {
    let sql = "select u.id, u.name, case when u.instance_role = 'owner' then 'admin' else m.role end
               from users u left join members m on m.user_id = u.id and m.project_id = $1
               where u.disabled_at is null and (u.instance_role = 'owner' or m.role is not null) order by u.name, u.email";
    let rows: Vec<(String, String, String)> = on_db!(cx, c => sqlx::query_as(sql).bind(project.as_str()).fetch_all(c))?;
    rows.into_iter().map(|(id, name, role)| Ok((UserId::from_text(id), name, read_role(&role)?))).collect()
}

/// The enabled members of a project, with the instance's owners, who hold every right: identity and name.
pub async fn people(cx: &mut Cx, project: &ProjectId) -> Result<Vec<(UserId, String)>, StoreError> {
    let sql = "select u.id, u.name from users u
               where u.disabled_at is null and (u.instance_role = 'owner'
                     or exists (select 1 from members m where m.user_id = u.id and m.project_id = $1))
               order by u.name, u.email";
    let rows: Vec<(String, String)> = on_db!(cx, c => sqlx::query_as(sql).bind(project.as_str()).fetch_all(c))?;
    Ok(rows.into_iter().map(|(id, name)| (UserId::from_text(id), name)).collect())
}
