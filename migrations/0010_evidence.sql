-- The audit as evidence. What keeps its rows as they are is said to each kind of database in its own words, in the folders
-- sqlite and postgres; here is what stands for rows that the retention policy took away.

-- One row each time the policy removed the oldest rows of audit_log: the chain goes on from its mac.
create table audit_stub (
    first_seq bigint primary key,                       -- one more than the last_seq before it, 1 in the first stub
    last_seq  bigint not null,
    last_at   text not null,                            -- audit_log's moment and mac of the row last_seq
    last_mac  text not null,
    at        text not null,                            -- when they were removed, as audit_log writes moments
    days      bigint not null,                          -- what the policy said: rows stay at least so long
    proof     text not null                             -- covers the columns before it
);
