-- Searches of the flag list that somebody keeps under a name. They are links: the search itself stands in the address.

create table views (
    user_id    text not null references users (id),
    project_id text not null references projects (id),
    name       text not null,
    query      text not null,                           -- as it is typed into the search
    created_at bigint not null,
    primary key (user_id, project_id, name)
);
