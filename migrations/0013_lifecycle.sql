-- Time and cleanup: what was said of flags' dates and to whom, whose reminders are silent, and where code asks for flags.

-- The inbox speaks of flags too, and of several projects at once.
alter table inbox rename to inbox_of_requests;
drop index inbox_by_user;
create table inbox (
    id         text primary key,                        -- UUIDv7, so in their order
    user_id    text not null references users (id),
    project_id text references projects (id),           -- absent: of several projects
    request_id text references change_requests (id),    -- what it is about: a request,
    flag_id    text references flags (id),              -- a flag, or what the note lists
    kind       text not null,                           -- domain::inbox::Kind
    actor      text not null,
    note       text not null,                           -- what else is said: a sentence, or JSON where it is a list
    at         bigint not null,
    read_at    bigint
);
insert into inbox (id, user_id, project_id, request_id, kind, actor, note, at, read_at)
    select id, user_id, project_id, request_id, kind, actor, '', at, read_at from inbox_of_requests;
drop table inbox_of_requests;
create index inbox_by_user on inbox (user_id, read_at, id);

-- What was said of a flag's date. A row is the claim to say it: whoever writes it first does, once and never again.
create table reminders (
    flag_id    text not null references flags (id),
    moment     bigint not null,                         -- the expiry or the review that it is about; another date begins anew
    occurrence text not null,                           -- domain::reminder::Occurrence
    at         bigint not null,
    primary key (flag_id, moment, occurrence)
);

-- Whose reminders are silent until then.
create table snoozes (
    flag_id text primary key references flags (id),
    until   bigint not null
);

-- Who got the digest of which week, counted from the Monday of the first of 1970.
create table digests (
    user_id text not null references users (id),
    week    bigint not null,
    primary key (user_id, week)
);

-- Source trees that were searched for a project's keys: the newest search of each repository.
create table code_scans (
    id         text primary key,
    project_id text not null references projects (id),
    repository text not null,
    branch     text not null,                           -- empty where nobody said
    commit_id  text not null,
    at         bigint not null,
    unique (project_id, repository)
);

create table code_references (
    scan_id  text not null references code_scans (id),
    flag_key text not null,
    file     text not null,                             -- from the top of the tree, with /
    line     bigint not null,
    primary key (scan_id, flag_key, file, line)
);
