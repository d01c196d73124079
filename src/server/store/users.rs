//! Accounts.

use super::db::{on_db, run_on_db};
use super::{Cx, StoreError, Tx, instant};
use crate::domain::id::UserId;
use crate::domain::role::InstanceRole;
use crate::domain::time::Timestamp;
use crate::domain::user::User;
use sqlx::FromRow;

/// An account as it is stored, but for the password.
#[derive(Debug, Clone)]
pub struct StoredUser {
    pub id: UserId,
    pub user: User,
    pub disabled_at: Option<Timestamp>,
    /// Somebody else knows the password.
    pub must_change_password: bool,
}

#[derive(FromRow)]
struct UserRow {
    id: String,
    email: String,
    name: String,
    instance_role: String,
    disabled_at: Option<i64>,
    must_change_password: i64,
}

impl UserRow {
    fn read(self) -> Result<StoredUser, StoreError> {
        let instance_role = InstanceRole::parse(&self.instance_role)
            .ok_or_else(|| StoreError::Unreadable { what: "user", why: format!("no role {}", self.instance_role) })?;
        let user = User { email: self.email, name: self.name, instance_role };
        Ok(StoredUser {
            id: UserId::from_text(self.id),
            user,
            disabled_at: instant(self.disabled_at),
            must_change_password: self.must_change_password != 0,
        })
    }
}

/// A password as it is kept.
#[derive(Debug, Clone, Copy)]
pub struct PasswordHash<'p> {
    /// A PHC string.
    pub phc: &'p str,
    pub must_change: bool,
}

pub async fn insert(tx: &mut Tx, id: &UserId, user: &User, password: PasswordHash<'_>, now: Timestamp) -> Result<(), StoreError> {
    let sql = "insert into users (id, email, name, instance_role, password_hash, must_change_password, created_at)
               values ($1, $2, $3, $4, $5, $6, $7)";
    let role = user.instance_role.as_str();
    run_on_db!(tx, c => sqlx::query(sql).bind(id.as_str()).bind(&user.email).bind(&user.name).bind(role).bind(password.phc)
        .bind(i64::from(password.must_change)).bind(now.millis()).execute(c))?;
    Ok(())
}

pub async fn set_password(tx: &mut Tx, id: &UserId, password: PasswordHash<'_>) -> Result<(), StoreError> {
    let sql = "update users set password_hash = $2, must_change_password = $3 where id = $1";
    run_on_db!(tx, c => sqlx::query(sql).bind(id.as_str()).bind(password.phc).bind(i64::from(password.must_change)).execute(c))?;
    Ok(())
}

pub async fn set_name(tx: &mut Tx, id: &UserId, name: &str) -> Result<(), StoreError> {
    run_on_db!(tx, c => sqlx::query("update users set name = $2 where id = $1").bind(id.as_str()).bind(name).execute(c))?;
    Ok(())
}

pub async fn set_instance_role(tx: &mut Tx, id: &UserId, role: InstanceRole) -> Result<(), StoreError> {
    let sql = "update users set instance_role = $2 where id = $1";
    run_on_db!(tx, c => sqlx::query(sql).bind(id.as_str()).bind(role.as_str()).execute(c))?;
    Ok(())
}

pub async fn set_disabled(tx: &mut Tx, id: &UserId, at: Option<Timestamp>) -> Result<(), StoreError> {
    let sql = "update users set disabled_at = $2 where id = $1";
    run_on_db!(tx, c => sqlx::query(sql).bind(id.as_str()).bind(at.map(Timestamp::millis)).execute(c))?;
    Ok(())
}

pub async fn find(cx: &mut Cx, id: &UserId) -> Result<Option<StoredUser>, StoreError> {
    let sql = "select id, email, name, instance_role, disabled_at, must_change_password from users where id = $1";
    let row = on_db!(cx, c => sqlx::query_as::<_, UserRow>(sql).bind(id.as_str()).fetch_optional(c))?;
    row.map(UserRow::read).transpose()
}

pub async fn find_by_email(cx: &mut Cx, email: &str) -> Result<Option<StoredUser>, StoreError> {
    let sql = "select id, email, name, instance_role, disabled_at, must_change_password from users where email = $1";
    let row = on_db!(cx, c => sqlx::query_as::<_, UserRow>(sql).bind(email).fetch_optional(c))?;
    row.map(UserRow::read).transpose()
}

pub async fn password_hash(cx: &mut Cx, id: &UserId) -> Result<Option<String>, StoreError> {
    let sql = "select password_hash from users where id = $1";
    on_db!(cx, c => sqlx::query_scalar(sql).bind(id.as_str()).fetch_optional(c))
}

/// Everybody, by name.
pub async fn all(cx: &mut Cx) -> Result<Vec<StoredUser>, StoreError> {
    let sql = "select id, email, name, instance_role, disabled_at, must_change_password from users order by name, email";
    let rows = on_db!(cx, c => sqlx::query_as::<_, UserRow>(sql).fetch_all(c))?;
    rows.into_iter().map(UserRow::read).collect()
}
