-- Changes that wait for a moment: when that is as it was said, what became of it, and the way to read it as a calendar.

-- What was said: an instant, or a clock's time in a time zone, from which apply_at is worked out anew where a zone's rules change.
alter table change_requests add column schedule text;                          -- JSON, domain::schedule::Schedule
alter table change_requests add column occurrence bigint not null default 0;   -- rises by one each time it is given a moment
create index change_requests_scheduled on change_requests (project_id, status, apply_at);

-- What became of each moment that came, once: whoever writes the row first has claimed it, whatever else runs.
create table schedule_runs (
    request_id text not null references change_requests (id),
    occurrence bigint not null,
    due_at     bigint not null,
    ran_at     bigint not null,
    outcome    text not null,                                                  -- domain::schedule::Outcome
    primary key (request_id, occurrence)
);
create index schedule_runs_by_time on schedule_runs (ran_at);

-- The key to somebody's calendar of a project. The secret itself is never here.
create table calendars (
    user_id    text not null references users (id),
    project_id text not null references projects (id),
    token_hash text not null unique,                                           -- SHA-256 of the token, hex
    created_at bigint not null,
    primary key (user_id, project_id)
);
