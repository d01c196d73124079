//! Where code asks for flags: the newest search of each repository.

use super::db::{on_db, run_on_db};
use super::{Cx, StoreError, Tx, new_id};
use crate::domain::id::ProjectId;
use crate::domain::reference::{Place, Reference, Scan};
use crate::domain::time::Timestamp;
use std::collections::HashMap;

/// Rows that one statement writes: four parameters each, within what every database takes.
const AT_ONCE: usize = 500;

/// Puts a search in the place of the one before it of the same repository.
pub async fn replace(
    tx: &mut Tx,
    project: &ProjectId,
    scan: &Scan,
    references: &[Reference],
    at: Timestamp,
) -> Result<(), StoreError> {
    forget(tx, project, &scan.repository).await?;
    let id = new_id();
    let sql = "insert into code_scans (id, project_id, repository, branch, commit_id, at) values ($1, $2, $3, $4, $5, $6)";
    run_on_db!(tx, c => sqlx::query(sql).bind(&id).bind(project.as_str()).bind(&scan.repository).bind(&scan.branch)
        .bind(&scan.commit).bind(at.millis()).execute(c))?;
    for some in references.chunks(AT_ONCE) {
        let place = |at: usize| format!("(${}, ${}, ${}, ${})", at * 4 + 1, at * 4 + 2, at * 4 + 3, at * 4 + 4);
        let places: Vec<String> = (0..some.len()).map(place).collect();
        let sql = format!("insert into code_references (scan_id, flag_key, file, line) values {}", places.join(", "));
        run_on_db!(tx, c => {
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql.as_str()));
            for reference in some {
                query = query.bind(&id).bind(&reference.key).bind(&reference.file).bind(i64::from(reference.line));
            }
            query.execute(c)
        })?;
    }
    Ok(())
}

/// Takes the search of a repository away with all that it found; whether there was one.
pub async fn forget(tx: &mut Tx, project: &ProjectId, repository: &str) -> Result<bool, StoreError> {
    let of_scan = "(select id from code_scans where project_id = $1 and repository = $2)";
    let sql = format!("delete from code_references where scan_id in {of_scan}");
    run_on_db!(tx, c => sqlx::query(sqlx::AssertSqlSafe(sql.as_str())).bind(project.as_str()).bind(repository).execute(c))?;
    let sql = "delete from code_scans where project_id = $1 and repository = $2";
    Ok(run_on_db!(tx, c => sqlx::query(sql).bind(project.as_str()).bind(repository).execute(c))? > 0)
}

/// Every search of a project, by repository.
pub async fn scans(cx: &mut Cx, project: &ProjectId) -> Result<Vec<(Scan, Timestamp)>, StoreError> {
    let sql = "select repository, branch, commit_id, at from code_scans where project_id = $1 order by repository";
    let rows: Vec<(String, String, String, i64)> = on_db!(cx, c => sqlx::query_as(sql).bind(project.as_str()).fetch_all(c))?;
    let read = |(repository, branch, commit, at)| (Scan { repository, branch, commit }, Timestamp::from_millis(at));
    Ok(rows.into_iter().map(read).collect())
}

/// How many places each flag of a project is in.
pub async fn counts(cx: &mut Cx, project: &ProjectId) -> Result<HashMap<String, usize>, StoreError> {
    let sql = "select r.flag_key, cast(count(*) as bigint) from code_references r join code_scans s on s.id = r.scan_id
               where s.project_id = $1 group by r.flag_key";
    let rows: Vec<(String, i64)> = on_db!(cx, c => sqlx::query_as(sql).bind(project.as_str()).fetch_all(c))?;
    Ok(rows.into_iter().map(|(key, count)| (key, usize::try_from(count).unwrap_or(0))).collect())
}

/// How many places one flag is in.
pub async fn count(cx: &mut Cx, project: &ProjectId, key: &str) -> Result<usize, StoreError> {
    let sql = "select cast(count(*) as bigint) from code_references r join code_scans s on s.id = r.scan_id
               where s.project_id = $1 and r.flag_key = $2";
    let count: i64 = on_db!(cx, c => sqlx::query_scalar(sql).bind(project.as_str()).bind(key).fetch_one(c))?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// Where one flag is, at most `limit` places.
pub async fn of_flag(cx: &mut Cx, project: &ProjectId, key: &str, limit: i64) -> Result<Vec<Place>, StoreError> {
    let sql = "select s.repository, r.file, r.line from code_references r join code_scans s on s.id = r.scan_id
               where s.project_id = $1 and r.flag_key = $2 order by s.repository, r.file, r.line limit $3";
    let rows: Vec<(String, String, i64)> =
        on_db!(cx, c => sqlx::query_as(sql).bind(project.as_str()).bind(key).bind(limit).fetch_all(c))?;
    let read = |(repository, file, line)| Place { repository, file, line: u32::try_from(line).unwrap_or(0) };
    Ok(rows.into_iter().map(read).collect())
}
