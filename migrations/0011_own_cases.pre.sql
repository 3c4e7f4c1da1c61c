-- What a case is to the person who opened it (the v1 face): category, tags, sessions, automatic titles; and who may erase one.
-- The first deployment is still to come: no table is large enough for its index to keep anybody waiting.
-- squawk-ignore-file require-concurrent-index-creation, require-concurrent-index-deletion
set lock_timeout = '5s';
set statement_timeout = '60s';

alter table cases
  add column category text constraint cases_category_known check (category in ('performance', 'error', 'configuration', 'infrastructure', 'security', 'other')),
  add column tags text[] not null default '{}',
  add column session_id text,
  add column resolved_at timestamptz;
-- When a case that is resolved came there; a replay says the same. The owner is let through the wall for this one statement.
alter table cases no force row level security;
alter table case_events no force row level security;
update cases c set resolved_at = (
  select max(e.recorded_at) from case_events e where e.tenant_id = c.tenant_id and e.case_id = c.id and e.type = 'status_changed'
) where c.status = 'resolved';
alter table cases force row level security;
alter table case_events force row level security;

-- A person's own cases in order of creation, ties broken; what a list counts stands in the index.
drop index cases_created_by;
create index cases_created_by on cases (tenant_id, created_by, created_at, id) include (status);

create table case_sessions (
  tenant_id uuid not null,
  case_id uuid not null,
  session_id text not null constraint case_sessions_session_length check (length(session_id) <= 100),
  ordinal bigint not null,
  linked_at timestamptz not null,
  created_by text not null,
  case_created_at timestamptz not null,
  constraint case_sessions_pk primary key (tenant_id, case_id, session_id),
  constraint case_sessions_case_fk foreign key (tenant_id, case_id) references cases (tenant_id, id)
);
create index case_sessions_session on case_sessions (tenant_id, session_id, created_by, case_created_at, case_id);

-- The last automatic title of a person and UTC day; its row lock makes each number one case's.
create table case_title_counters (
  tenant_id uuid not null constraint case_title_counters_tenant_fk references tenants (id),
  user_id text not null,
  day date not null,
  last bigint not null,
  constraint case_title_counters_pk primary key (tenant_id, user_id, day)
);

alter table case_sessions enable row level security;
alter table case_sessions force row level security;
create policy case_sessions_own on case_sessions using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
alter table case_title_counters enable row level security;
alter table case_title_counters force row level security;
create policy case_title_counters_own on case_title_counters using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));

grant select on case_sessions to casework_api_reader, casework_api_writer;
grant insert, delete on case_sessions to casework_api_writer;
grant select, insert, update on case_title_counters to casework_api_writer;
grant select, delete on case_title_counters to casework_janitor;
create policy case_title_counters_lookup on case_title_counters for select to casework_lookup using (true);
grant select (tenant_id, day) on case_title_counters to casework_lookup;

-- Erasing a case takes its payloads away for good, so one role alone may do it, and only the door that erases has its credentials.
do $$
begin
  if not exists (select from pg_roles where rolname = 'casework_case_eraser') then
    create role casework_case_eraser login noinherit;
  end if;
end $$;
alter role casework_case_eraser set statement_timeout = '20s';
alter role casework_case_eraser set lock_timeout = '10s';
alter role casework_case_eraser set idle_in_transaction_session_timeout = '60s';
alter role casework_case_eraser set timezone = 'UTC';
grant select on tenants, revoked_tokens to casework_case_eraser;
grant execute on function tenant_of_slug(text) to casework_case_eraser;
grant select, insert on case_events to casework_case_eraser;
grant select, insert, delete on case_event_payloads to casework_case_eraser;
grant select, update, delete on cases to casework_case_eraser;
grant select, delete on case_sessions, case_reports, case_clusters, case_follow_ups, case_links, case_resolution_signals to casework_case_eraser;
grant select (tenant_id, case_id), delete on contact_vault to casework_case_eraser;
