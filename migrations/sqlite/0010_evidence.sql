-- Rows are added at the end, never changed, and go only where a stub stands for them. "insert or replace" asks no delete
-- trigger, so it is met here too.
create trigger audit_log_insert before insert on audit_log
when new.seq <= (select max(seq) from audit_log)
begin select raise(abort, 'audit_log is append-only'); end;

create trigger audit_log_update before update on audit_log
begin select raise(abort, 'audit_log is append-only'); end;

create trigger audit_log_delete before delete on audit_log
when old.seq > coalesce((select max(last_seq) from audit_stub), 0)
begin select raise(abort, 'audit_log is append-only'); end;

create trigger audit_stub_insert before insert on audit_stub
when new.first_seq <= (select max(first_seq) from audit_stub)
begin select raise(abort, 'audit_stub is append-only'); end;

create trigger audit_stub_update before update on audit_stub
begin select raise(abort, 'audit_stub is append-only'); end;

create trigger audit_stub_delete before delete on audit_stub
begin select raise(abort, 'audit_stub is append-only'); end;
