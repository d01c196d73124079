-- The first furniture: people, projects, flags and their states, keys, counts and the audit.
-- One text for SQLite and PostgreSQL. Identities are UUIDv7 text made by the server. Instants are milliseconds since
-- 1970-01-01T00:00:00Z in a bigint, save in audit_log, which people read: there they are RFC 3339 text of fixed width.
-- JSON is text.

-- Facts about this installation, such as whether the demo was removed.
create table instance (
    name  text primary key,
    value text not null
);

create table users (
    id                   text primary key,
    email                text not null unique,          -- lower case
    name                 text not null,
    instance_role        text not null,                 -- owner | member
    password_hash        text not null,                 -- argon2id, PHC string
    created_at           bigint not null,
    disabled_at          bigint                         -- a disabled person keeps their history and loses every right
);

-- Signed-in browsers. The cookie holds the identity, this table only its SHA-256.
create table sessions (
    id_hash    text primary key,
    user_id    text references users (id) on delete cascade,
    data       text not null,                           -- JSON
    created_at bigint not null,                         -- the absolute lifetime counts from here
    expires_at bigint not null
);
create index sessions_by_user on sessions (user_id);

create table projects (
    id             text primary key,
    key            text not null unique,
    name           text not null,
    naming_pattern text not null,                       -- new flag keys must match
    created_at     bigint not null
);

create table environments (
    id         text primary key,
    project_id text not null references projects (id),
    key        text not null,
    name       text not null,
    colour     text not null,
    protection text not null,                           -- open | protected | critical
    position   bigint not null,
    revision   bigint not null,                         -- rises with anything that can change an answer; never falls
    created_at bigint not null,
    unique (project_id, key)
);

create table members (
    project_id text not null references projects (id),
    user_id    text not null references users (id),
    role       text not null,                           -- viewer | editor | approver | admin
    primary key (project_id, user_id)
);
create index members_by_user on members (user_id);

create table flags (
    id          text primary key,
    project_id  text not null references projects (id),
    key         text not null,                          -- never used again, even after archiving
    definition  text not null,                          -- JSON, domain::flag::Flag
    version     bigint not null,                        -- rises by one with every change
    created_by  text not null,
    created_at  bigint not null,
    updated_at  bigint not null,
    archived_at bigint,
    unique (project_id, key)
);

create table flag_states (
    flag_id        text not null references flags (id),
    environment_id text not null references environments (id),
    state          text not null,                       -- JSON, domain::state::State
    version        bigint not null,
    updated_at     bigint not null,
    primary key (flag_id, environment_id)
);
create index flag_states_by_environment on flag_states (environment_id);

create table segments (
    id         text primary key,
    project_id text not null references projects (id),
    key        text not null,
    definition text not null,                           -- JSON, domain::segment::Segment
    version    bigint not null,
    updated_at bigint not null,
    unique (project_id, key)
);

-- Which states ask for which segments, so that "used by" is a look-up.
create table flag_segments (
    flag_id        text not null references flags (id),
    environment_id text not null references environments (id),
    segment_id     text not null references segments (id),
    primary key (flag_id, environment_id, segment_id)
);
create index flag_segments_by_segment on flag_segments (segment_id);

create table api_keys (
    id             text primary key,
    environment_id text not null references environments (id),
    definition     text not null,                       -- JSON, domain::api_key::ApiKey
    secret_hash    text not null unique,                -- SHA-256 of the whole secret, hex
    created_by     text not null,
    created_at     bigint not null,
    revoked_at     bigint,
    last_used_at   bigint
);
create index api_keys_by_environment on api_keys (environment_id);

-- How often a variant was evaluated (a single answer) or delivered (in a bulk answer), by hour.
create table evaluation_counts (
    flag_id        text not null references flags (id),
    environment_id text not null references environments (id),
    variant        text not null,
    hour           bigint not null,                     -- start of the hour, milliseconds
    evaluated      bigint not null,
    delivered      bigint not null,
    primary key (flag_id, environment_id, variant, hour)
);
create index evaluation_counts_by_hour on evaluation_counts (hour);

create table last_seen (
    flag_id        text not null references flags (id),
    environment_id text not null references environments (id),
    variant        text not null,
    evaluated_at   bigint,
    delivered_at   bigint,
    primary key (flag_id, environment_id, variant)
);

-- Keys that SDKs asked for and nobody made. Bounded by the server.
create table unknown_flags (
    environment_id text not null references environments (id),
    key            text not null,
    asked          bigint not null,
    last_asked_at  bigint not null,
    primary key (environment_id, key)
);

-- What happened, for whom it may concern later: notices, mail and webhooks read it.
create table outbox (
    id         text primary key,
    audit_seq  bigint not null,
    created_at bigint not null
);

-- Who did what. Each row's mac covers its stored bytes and the mac before it.
create table audit_log (
    seq         bigint primary key,
    at          text not null,
    actor       text not null,
    action      text not null,
    project     text,
    environment text,
    object      text not null,
    before      text,
    after       text,
    reason      text,
    mac         text not null
);
create index audit_log_by_object on audit_log (project, object, seq);
create index audit_log_by_environment on audit_log (project, environment, seq);
create index audit_log_by_actor on audit_log (project, actor, seq);
