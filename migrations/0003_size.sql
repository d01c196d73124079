-- Size: indexes for 100,000 rows of history, 5,000 flags and months of counts.

-- A search reads an index alone and fetches no row that it does not show: the documents in the rows are long.
drop index audit_log_by_environment;
drop index audit_log_by_actor;
create index audit_log_by_project on audit_log (project, seq, at, environment, actor, action, object);
create index audit_log_by_environment on audit_log (project, environment, seq, at, actor, action, object);
create index audit_log_by_actor on audit_log (project, actor, seq, at, environment, action, object);

-- What a refresh compares, to fetch only the documents that changed.
drop index flag_states_by_environment;
create index flag_states_by_environment on flag_states (environment_id, flag_id, version, updated_at);
create index flags_by_project on flags (project_id, id, version, updated_at);
create index segments_by_project on segments (project_id, id, version, updated_at);

-- The last hours of a page of flags, without the months before.
create index evaluation_counts_by_flag on evaluation_counts (flag_id, hour);

-- Sorting by it asks when every flag was last asked for.
create index last_seen_by_flag on last_seen (flag_id, evaluated_at, delivered_at);
