-- The core complete: settings of projects, teams, personas, and versions wherever two people may edit at once.

alter table users add column must_change_password bigint not null default 0;  -- 0 | 1: the first thing after signing in

alter table projects add column kinds text not null default '{}';             -- JSON, domain::project::Kinds
alter table projects add column version bigint not null default 1;
alter table environments add column version bigint not null default 1;

create table teams (
    id         text primary key,
    project_id text not null references projects (id),
    key        text not null,
    name       text not null,
    version    bigint not null,
    unique (project_id, key)
);

create table team_members (
    team_id text not null references teams (id) on delete cascade,
    user_id text not null references users (id),
    primary key (team_id, user_id)
);
create index team_members_by_user on team_members (user_id);

-- Contexts with a name, to try flags on.
create table personas (
    id         text primary key,
    project_id text not null references projects (id),
    key        text not null,
    definition text not null,                           -- JSON, domain::persona::Persona
    version    bigint not null,
    updated_at bigint not null,
    unique (project_id, key)
);
