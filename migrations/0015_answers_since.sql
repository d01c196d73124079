-- From when on everybody can have had one and the same answer: besides a state's last change, a flag that was restored, got
-- another value for a variant, or another expiry that decided at once, begins anew.
alter table flags add column answers_since bigint not null default 0;  -- 0 where nothing of that happened
