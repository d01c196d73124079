//! The history, as far as somebody may see it.

use super::projects::OpenProject;
use super::users::for_owners;
use crate::domain::actor::{Actor, Person};
use crate::domain::attribute::Schema;
use crate::domain::change::{Change, left_out};
use crate::domain::condition::{hidden, is_masked};
use crate::domain::flag::Flag;
use crate::domain::key::ProjectKey;
use crate::domain::role::Role;
use crate::domain::time::{DAY, MINUTE, Timestamp};
use crate::server::error::Error;
use crate::server::governance::audit::written;
use crate::server::state::AppState;
use crate::server::store::audit::{self as rows, AuditFilter, AuditRow, SizedRow};
use crate::server::store::users::StoredUser;
use crate::server::store::{self, Cx, StoreError};
use serde_json::Value;
use std::collections::HashMap;

/// Rows on one page.
pub const PAGE: usize = 50;
/// How much of the documents of its rows one page reads, in bytes. What goes beyond is told in a few words; a page of its own
/// tells the whole of it.
pub const PAGE_BYTES: i64 = 2 << 20;
/// How long a change counts as having just happened, in milliseconds: a page that is loaded again later says nothing of it.
pub const TOLD: i64 = 10 * MINUTE;

/// A page of history, newest first.
#[derive(Debug, Clone, Default)]
pub struct History {
    pub changes: Vec<Change>,
    /// Where the next older page starts, if there is one.
    pub older_than: Option<i64>,
    /// Where the next newer page starts, if there is one.
    pub newer_than: Option<i64>,
}

/// What somebody looks for; an absent part asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// As the audit names people.
    pub actor: Option<String>,
    /// An action such as `flag.create`, or its first part such as `flag`.
    pub action: Option<String>,
    /// A part of an object's name, such as of a flag's key.
    pub named: Option<String>,
    pub environment: Option<String>,
    /// The first day, as its midnight UTC.
    pub from: Option<Timestamp>,
    /// The last day, alike; it is included.
    pub until: Option<Timestamp>,
    pub older_than: Option<i64>,
    pub newer_than: Option<i64>,
}

impl Wanted {
    pub(super) fn filter(&self) -> AuditFilter {
        AuditFilter {
            environment: self.environment.clone(),
            actor: self.actor.clone(),
            action: self.action.clone(),
            named: self.named.clone(),
            from: self.from.map(written),
            until: self.until.map(|day| written(day.plus(DAY))),
            ..AuditFilter::default()
        }
    }
}

/// The page of a project's history that `wanted` asks for.
pub async fn page(state: &AppState, project: &OpenProject, wanted: Wanted) -> Result<History, Error> {
    let filter = AuditFilter { project: Some(project.key().to_string()), ..wanted.filter() };
    paged(state, project.role, filter, &wanted).await
}

/// The same of the whole installation, projects that are gone included, or of one `project`; for its owners.
pub async fn of_installation(state: &AppState, actor: &Actor, project: Option<String>, wanted: Wanted) -> Result<History, Error> {
    for_owners(actor)?;
    paged(state, Role::Admin, AuditFilter { project, ..wanted.filter() }, &wanted).await
}

async fn paged(state: &AppState, role: Role, filter: AuditFilter, wanted: &Wanted) -> Result<History, Error> {
    if let Some(seq) = wanted.newer_than {
        let mut found = read_rows(state, role, AuditFilter { after_seq: Some(seq), ..filter.clone() }).await?;
        // Fewer than a page: then these are on the newest page, which shows what is below them too.
        if let Some(oldest_left_out) = found.older_than {
            found.changes.reverse();
            let last = found.changes.last().map(|change| change.seq);
            return Ok(History { newer_than: Some(oldest_left_out), older_than: last, ..found });
        }
        return read_rows(state, role, filter).await;
    }
    let found = read_rows(state, role, AuditFilter { before_seq: wanted.older_than, ..filter }).await?;
    let newer_than = wanted.older_than.and_then(|_| found.changes.first().map(|change| change.seq));
    Ok(History { newer_than, ..found })
}

/// Searches a project's history; `filter.project` is set to it whatever it says.
pub async fn search(state: &AppState, project: &OpenProject, filter: AuditFilter) -> Result<History, Error> {
    read_rows(state, project.role, AuditFilter { project: Some(project.key().to_string()), ..filter }).await
}

/// As `role` may see them.
async fn read_rows(state: &AppState, role: Role, filter: AuditFilter) -> Result<History, Error> {
    let limit = i64::try_from(PAGE).unwrap_or(50) + 1;
    let mut cx = state.db.read().await?;
    let mut found = rows::outlines(&mut cx, &filter, limit).await?;
    let names = names(&mut cx).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let schemas = schemas(&mut cx, found.iter().map(|sized| &sized.row)).await?;
    let mut documents: HashMap<i64, _> = HashMap::new();
    for (seq, before, after) in rows::documents(&mut cx, &within(&found, PAGE_BYTES)).await? {
        documents.insert(seq, (before, after));
    }
    let row = |sized: SizedRow| match documents.remove(&sized.row.seq) {
        Some((before, after)) => read(AuditRow { before, after, ..sized.row }, role, &names, &schemas),
        None => {
            let stands_for = |bytes: Option<i64>| bytes.map(|bytes| left_out(bytes.unsigned_abs()));
            let (before, after) = (stands_for(sized.before_bytes), stands_for(sized.after_bytes));
            Ok(Change { before, after, ..read(sized.row, role, &names, &schemas)? })
        }
    };
    let changes = found.into_iter().map(row).collect::<Result<Vec<_>, _>>()?;
    let older_than = changes.last().filter(|_| more).map(|change| change.seq);
    Ok(History { changes, older_than, newer_than: None })
}

/// The rows whose documents fit into `bytes` together, the first ones first.
fn within(rows: &[SizedRow], bytes: i64) -> Vec<i64> {
    let mut left = bytes;
    let fits = |sized: &&SizedRow| {
        let fits = sized.bytes() <= left;
        left -= if fits { sized.bytes() } else { 0 };
        fits
    };
    rows.iter().filter(fits).map(|sized| sized.row.seq).collect()
}

/// One row of a project's history, as a page of its own that tells the whole of it.
pub async fn alone(state: &AppState, project: &OpenProject, seq: i64) -> Result<History, Error> {
    let (_, change) = find(state, project, seq).await?;
    Ok(History { changes: vec![change], ..History::default() })
}

/// The same of the whole installation; for its owners.
pub async fn alone_of_installation(state: &AppState, actor: &Actor, seq: i64) -> Result<History, Error> {
    for_owners(actor)?;
    let mut cx = state.db.read().await?;
    let row = rows::find(&mut cx, seq).await?.ok_or(Error::NotFound("change"))?;
    let schemas = schemas(&mut cx, std::iter::once(&row)).await?;
    let change = read(row, Role::Admin, &names(&mut cx).await?, &schemas)?;
    Ok(History { changes: vec![change], ..History::default() })
}

/// One row of a project's history.
pub async fn find(state: &AppState, project: &OpenProject, seq: i64) -> Result<(AuditRow, Change), Error> {
    let mut cx = state.db.read().await?;
    let row = rows::find(&mut cx, seq).await?.ok_or(Error::NotFound("change"))?;
    if row.project.as_deref() != Some(project.key().as_str()) {
        return Err(Error::NotFound("change"));
    }
    let schemas = schemas(&mut cx, std::iter::once(&row)).await?;
    Ok((row.clone(), read(row, project.role, &names(&mut cx).await?, &schemas)?))
}

/// What `person` themselves did, past any project's pages: to accounts, or to a project that is gone meanwhile.
pub async fn own(state: &AppState, person: &Person, seq: i64) -> Result<Option<Change>, Error> {
    let mut cx = state.db.read().await?;
    let is_theirs = |row: &AuditRow| row.actor == person.email && (row.project.is_none() || row.action == "project.delete");
    let Some(row) = rows::find(&mut cx, seq).await?.filter(is_theirs) else { return Ok(None) };
    let change = read(row, Role::Admin, &names(&mut cx).await?, &Schemas::default())?;
    Ok(Some(change).filter(|change| state.clock.now().millis() - change.at.millis() <= TOLD))
}

/// Who does something without being a person: what the audit calls them, and what people do.
const NOBODY: [(&str, &str); 2] = [("console", "The console"), ("system", "Flagstaff")];

/// Names by what the audit calls who did something, and by the ids of people.
pub(super) async fn names(cx: &mut Cx) -> Result<HashMap<String, String>, Error> {
    let users = store::users::all(cx).await?;
    let both = |stored: StoredUser| {
        let (id, name) = (stored.id.to_string(), stored.user.name);
        [(stored.user.email, name.clone()), (id, name)]
    };
    let nobody = NOBODY.map(|(label, name)| (label.to_owned(), name.to_owned()));
    Ok(users.into_iter().flat_map(both).chain(nobody).collect())
}

/// A definition to be shown, its owner by name.
pub async fn told_flag(state: &AppState, flag: &Flag) -> Result<Value, Error> {
    let document = serde_json::to_value(flag).map_err(|e| Error::Internal(e.to_string()))?;
    Ok(with_owner(document, &names(&mut state.db.read().await?).await?))
}

pub(super) fn with_owner(mut document: Value, names: &HashMap<String, String>) -> Value {
    if let Some(owner) = document.pointer_mut("/owner/person")
        && let Some(name) = owner.as_str().and_then(|id| names.get(id))
    {
        *owner = Value::String(name.clone());
    }
    document
}

/// Who ever changed something in the project: what the audit calls them, and their name.
pub async fn actors(state: &AppState, project: &OpenProject) -> Result<Vec<(String, String)>, Error> {
    let mut cx = state.db.read().await?;
    let names = names(&mut cx).await?;
    let found = rows::actors(&mut cx, project.key().as_str()).await?;
    Ok(named(found, &names))
}

/// The same of the whole installation; for its owners.
pub async fn all_actors(state: &AppState, actor: &Actor) -> Result<Vec<(String, String)>, Error> {
    for_owners(actor)?;
    let mut cx = state.db.read().await?;
    let names = names(&mut cx).await?;
    let found = rows::all_actors(&mut cx).await?;
    Ok(named(found, &names))
}

fn named(found: Vec<String>, names: &HashMap<String, String>) -> Vec<(String, String)> {
    found.into_iter().map(|actor| (actor.clone(), names.get(&actor).cloned().unwrap_or(actor))).collect()
}

/// What the projects that rows are of keep private, by the project's key. One that is gone keeps nothing.
pub(super) type Schemas = HashMap<String, Schema>;

async fn schemas(cx: &mut Cx, rows: impl Iterator<Item = &AuditRow>) -> Result<Schemas, Error> {
    let mut found = Schemas::new();
    add_schemas(&mut found, cx, rows).await?;
    Ok(found)
}

/// Adds those of projects that are not among them yet.
pub(super) async fn add_schemas(found: &mut Schemas, cx: &mut Cx, rows: impl Iterator<Item = &AuditRow>) -> Result<(), Error> {
    for key in rows.filter_map(|row| row.project.as_deref()) {
        if !found.contains_key(key) {
            found.insert(key.to_owned(), schema(cx, key).await?);
        }
    }
    Ok(())
}

pub(super) async fn schema(cx: &mut Cx, project: &str) -> Result<Schema, Error> {
    let Ok(key) = ProjectKey::parse(project) else { return Ok(Schema::default()) };
    match store::projects::find(cx, &key).await? {
        Some(project) => Ok(store::attributes::schema(cx, &project.id).await?),
        None => Ok(Schema::default()),
    }
}

fn read(row: AuditRow, role: Role, names: &HashMap<String, String>, schemas: &Schemas) -> Result<Change, Error> {
    let none = Schema::default();
    let schema = row.project.as_ref().and_then(|key| schemas.get(key)).unwrap_or(&none);
    let document = |text: Option<String>| -> Result<Option<Value>, Error> {
        let unreadable = |e: serde_json::Error| StoreError::Unreadable { what: "audit row", why: e.to_string() };
        let value = text.map(|text| serde_json::from_str(&text).map_err(unreadable)).transpose()?;
        let value = value.map(|value| with_owner(value, names));
        Ok(value.map(|value| shown(value, role, schema)))
    };
    let at = Timestamp::parse(&row.at).map_err(|e| Error::Internal(e.to_string()))?;
    Ok(Change {
        seq: row.seq,
        at,
        who: names.get(&row.actor).unwrap_or(&row.actor).clone(),
        actor: row.actor,
        action: row.action,
        project: row.project,
        environment: row.environment,
        object: row.object,
        before: document(row.before)?,
        after: document(row.after)?,
        reason: row.reason,
    })
}

/// A document as somebody of this role sees it.
pub fn shown(document: Value, role: Role, schema: &Schema) -> Value {
    let document = without_private(document, schema);
    if role == Role::Viewer { masked(document, schema) } else { document }
}

/// Private values are shown to nobody: not those either that a persona held before the attribute became private.
fn without_private(mut document: Value, schema: &Schema) -> Value {
    if let Some(context) = document.get_mut("context").and_then(Value::as_object_mut) {
        *context = schema.without_private(std::mem::take(context));
    }
    document
}

/// Hides individual targets and id lists, and what conditions compare private attributes with, which viewers do not see: their number stays. A text that cannot be read may
/// hold some, so none of it is shown.
pub fn masked(mut document: Value, schema: &Schema) -> Value {
    if let Some(targets) = document.get_mut("targets").and_then(Value::as_array_mut) {
        for target in targets {
            if let Some(units) = target.get_mut("units") {
                hide(units);
            }
        }
    }
    for list in ["include", "exclude"] {
        if let Some(units) = document.get_mut(list) {
            hide(units);
        }
    }
    let rules = document.get_mut("rules").and_then(Value::as_array_mut).into_iter().flatten();
    rules.filter_map(|rule| rule.get_mut("conditions")).for_each(|conditions| mask_conditions(conditions, schema));
    let groups = document.get_mut("groups").and_then(Value::as_array_mut).into_iter().flatten();
    groups.for_each(|conditions| mask_conditions(conditions, schema));
    if let Some(text) = document.get_mut("unreadable") {
        *text = Value::String("hidden".to_owned());
    }
    document
}

/// A condition on the targeting key names users as a list does.
fn mask_conditions(conditions: &mut Value, schema: &Schema) {
    for condition in conditions.as_array_mut().into_iter().flatten() {
        if condition.get("attribute").and_then(Value::as_str).is_some_and(|attribute| is_masked(attribute, schema))
            && let Some(values) = condition.get_mut("values")
        {
            hide(values);
        }
    }
}

fn hide(units: &mut Value) {
    let count = units.as_array().map_or(0, Vec::len);
    *units = Value::String(hidden(count));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn viewers_see_how_many_but_not_who() {
        let masked = |document| masked(document, &Schema::default());
        let document = json!({"enabled": true, "targets": [{"variant": "on", "units": ["ada", "lin"]}]});
        assert_eq!(masked(document), json!({"enabled": true, "targets": [{"variant": "on", "units": "2 hidden"}]}));
        assert_eq!(masked(json!({"include": ["a"], "exclude": []})), json!({"include": "1 hidden", "exclude": "0 hidden"}));
        let named =
            json!([{"attribute": "targetingKey", "operator": "in", "values": ["ada"]}, {"attribute": "plan", "values": ["pro"]}]);
        let hidden = json!([{"attribute": "targetingKey", "operator": "in", "values": "1 hidden"}, {"attribute": "plan", "values": ["pro"]}]);
        assert_eq!(masked(json!({"rules": [{"conditions": named}]})), json!({"rules": [{"conditions": hidden}]}));
        assert_eq!(masked(json!({"groups": [named]})), json!({"groups": [hidden]}));
        assert_eq!(masked(json!({"unreadable": "{\"targets\": [ada"})), json!({"unreadable": "hidden"}));
        assert_eq!(masked(json!(null)), json!(null));
    }

    #[test]
    fn private_values_are_shown_to_nobody() {
        let schema: Schema = [serde_json::from_value(json!({"name": "email", "value_type": "text", "private": true}))
            .unwrap_or_else(|e| panic!("{e}"))]
        .into_iter()
        .collect();
        let persona = json!({"key": "ada", "context": {"plan": "pro", "email": "a@b.example"}});
        let hidden = json!({"key": "ada", "context": {"plan": "pro", "email": "(private)"}});
        for role in Role::ALL {
            assert_eq!(shown(persona.clone(), role, &schema), hidden, "{role:?}");
        }
        let rules =
            json!({"rules": [{"conditions": [{"attribute": "email", "operator": "in", "values": ["a@b.example", "c"]}]}]});
        let told = shown(rules.clone(), Role::Viewer, &schema).to_string();
        assert!(told.contains("2 hidden") && !told.contains("a@b"), "{told}");
        assert_eq!(shown(rules.clone(), Role::Editor, &schema), rules, "who edits rules sees them");
    }
}
