-- What contexts are made of: the project's schema, and the names that evaluations sent.

create table attributes (
    project_id text not null references projects (id),
    name       text not null,                           -- a name or a dotted path, as conditions write it
    definition text not null,                           -- JSON, domain::attribute::Attribute
    version    bigint not null,
    updated_at bigint not null,
    primary key (project_id, name)
);

-- Names alone: what the attributes held is never written down.
create table attribute_names (
    environment_id text not null references environments (id),
    name           text not null,
    seen_at        bigint not null,                     -- the last time, to the minute
    primary key (environment_id, name)
);
