-- Rows are added at the end, never changed, and go only where a stub stands for them.
create function append_only() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name;
end $$;

create function audit_log_appended() returns trigger language plpgsql as $$
begin
    if new.seq <= (select max(seq) from audit_log) then
        raise exception 'audit_log is append-only';
    end if;
    return new;
end $$;

create function audit_log_pruned() returns trigger language plpgsql as $$
begin
    if old.seq > coalesce((select max(last_seq) from audit_stub), 0) then
        raise exception 'audit_log is append-only';
    end if;
    return old;
end $$;

create trigger audit_log_insert before insert on audit_log for each row execute function audit_log_appended();
create trigger audit_log_update before update on audit_log for each row execute function append_only();
create trigger audit_log_delete before delete on audit_log for each row execute function audit_log_pruned();
create trigger audit_log_truncate before truncate on audit_log for each statement execute function append_only();
create trigger audit_stub_update before update or delete on audit_stub for each row execute function append_only();
create trigger audit_stub_truncate before truncate on audit_stub for each statement execute function append_only();
