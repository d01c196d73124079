//! The steps that bring a database's tables up to date: one list and one text for both kinds. Where their languages differ,
//! as for triggers, a file of the same number in the kind's own folder goes on from the common one, as part of its step.

use sqlx::migrate::{Migration, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr};

static COMMON: Migrator = sqlx::migrate!();
static OF_SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static OF_POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

pub fn sqlite() -> Migrator {
    joined(&OF_SQLITE)
}

pub fn postgres() -> Migrator {
    joined(&OF_POSTGRES)
}

fn joined(own: &Migrator) -> Migrator {
    let step = |common: &Migration| match own.iter().find(|step| step.version == common.version) {
        None => common.clone(),
        Some(step) => {
            // Both texts were embedded when this was built; nothing of them comes from outside.
            let sql = AssertSqlSafe(format!("{}\n{}", common.sql.as_str(), step.sql.as_str())).into_sql_str();
            Migration::new(common.version, common.description.clone(), common.migration_type, sql, common.no_tx)
        }
    };
    Migrator::with_migrations(COMMON.iter().map(step).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_kind_says_belongs_to_a_common_step() {
        for own in [&OF_SQLITE, &OF_POSTGRES] {
            assert!(own.iter().all(|step| COMMON.version_exists(step.version)));
            assert!(own.iter().next().is_some());
        }
    }

    #[test]
    fn both_kinds_go_through_the_same_steps() {
        let steps = |migrator: &Migrator| migrator.iter().map(|step| step.version).collect::<Vec<_>>();
        assert_eq!(steps(&sqlite()), steps(&postgres()));
    }
}
