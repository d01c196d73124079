-- Work in progress: changes that somebody has made and not yet saved, and forms left half typed. Neither answers anybody.

create table drafts (
    id             text primary key,
    project_id     text not null references projects (id),
    author_id      text not null references users (id),
    environment_id text references environments (id),   -- with flag_id: the draft of one flag's state
    flag_id        text references flags (id),          -- without: a bundle of several changes
    title          text not null,
    items          text not null,                       -- JSON, a list of domain::draft::Item
    version        bigint not null,                     -- rises by one with every edit
    created_at     bigint not null,
    updated_at     bigint not null,
    unique (author_id, flag_id, environment_id)         -- absent flags are all different, so of bundles there may be many
);
create index drafts_by_project on drafts (project_id);
create index drafts_by_flag on drafts (flag_id);

create table kept_forms (
    user_id    text not null references users (id),
    address    text not null,                           -- the path that the form posts to
    fields     text not null,                           -- JSON, pairs of name and value
    updated_at bigint not null,
    primary key (user_id, address)
);
