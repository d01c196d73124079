-- Four eyes: what environments ask of changes, the changes that wait for other people, and what concerns whom.

alter table environments add column policy text not null default '{}';        -- JSON, domain::policy::Policy
alter table members add column break_glass bigint not null default 0;         -- 0 | 1: may apply without the review that is due

-- A draft that edits a request: its number in the project, and the version of it that was begun on.
alter table drafts add column request_number bigint;
alter table drafts add column request_round bigint;

create table change_requests (
    id           text primary key,
    project_id   text not null references projects (id),
    number       bigint not null,                       -- counts up in its project: people and addresses name it so
    author_id    text references users (id),            -- absent: the console
    title        text not null,
    why          text not null,
    items        text not null,                         -- JSON, a list of domain::draft::Item: what is to be done
    proposed     text not null,                         -- JSON, what each item comes to, as the audit would tell it
    content      text not null,                         -- SHA-256 of the items and of what they lean on
    round        bigint not null,                       -- rises by one with every edit of the content
    version      bigint not null,                       -- rises by one with whatever happens to it
    origin       text not null,                         -- asked | break_glass | turned_off | console
    status       text not null,                         -- open | withdrawn | applied
    asked        text not null,                         -- JSON, domain::policy::Asked, when the round began
    after_review text not null,                         -- not_due | open | done
    apply_at     bigint,                                -- when it is to be applied by itself
    created_at   bigint not null,
    updated_at   bigint not null,
    first_seq    bigint,                                -- the rows of the audit that it wrote
    last_seq     bigint,
    unique (project_id, number)
);
create index change_requests_by_status on change_requests (project_id, status, after_review);
create index change_requests_due on change_requests (status, apply_at);

-- Who had a hand in it besides its author, and who was asked to look at it.
create table change_request_people (
    request_id text not null references change_requests (id),
    user_id    text not null references users (id),
    part       text not null,                           -- coauthor | reviewer
    primary key (request_id, user_id, part)
);
create index change_request_people_by_user on change_request_people (user_id);

-- The timeline. Verdicts are in it and nowhere else.
create table change_request_events (
    id         text primary key,                        -- UUIDv7, so in their order
    request_id text not null references change_requests (id),
    at         bigint not null,
    actor      text not null,
    actor_id   text references users (id),
    kind       text not null,                           -- domain::change_request::EventKind
    round      bigint not null,
    content    text not null,
    text       text not null
);
create index change_request_events_by_request on change_request_events (request_id, id);

-- The things that a request changes, to find the requests of a flag.
create table change_request_objects (
    request_id text not null references change_requests (id),
    object     text not null,                           -- flag:new_checkout
    primary key (request_id, object)
);

-- What concerns whom, until they have seen it.
create table inbox (
    id         text primary key,                        -- UUIDv7, so in their order
    user_id    text not null references users (id),
    project_id text not null references projects (id),
    request_id text not null references change_requests (id),
    kind       text not null,                           -- domain::inbox::Kind
    actor      text not null,
    at         bigint not null,
    read_at    bigint
);
create index inbox_by_user on inbox (user_id, read_at, id);
