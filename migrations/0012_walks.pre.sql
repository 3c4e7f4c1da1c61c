-- Guided troubleshooting: tickets, walks, flows, and what an account may switch. The wall stands between accounts too.
-- The first deployment is still to come: no table is large enough for a check to keep anybody waiting. The columns that may be null
-- now are read by this release's code alone.
-- squawk-ignore-file require-concurrent-index-creation, constraint-missing-not-valid, adding-foreign-key-constraint, disallowed-unique-constraint, ban-drop-not-null
set lock_timeout = '5s';
set statement_timeout = '60s';

-- The account of the running transaction; null where none was named, so nothing of the walks is visible.
create function app_account() returns text language sql stable parallel safe
  as $$ select nullif(current_setting('app.account_id', true), '') $$;

create table walk_tickets (
  tenant_id uuid not null constraint walk_tickets_tenant_fk references tenants (id),
  account_id text not null,
  id uuid not null,
  kind text not null constraint walk_tickets_kind_known check (kind in ('internal', 'psa')),
  problem_statement text not null,
  customer_name text,
  customer_contact text,
  status text not null constraint walk_tickets_status_known check (status in ('open', 'resolved', 'escalated')),
  created_by text not null,
  created_at timestamptz not null,
  constraint walk_tickets_pk primary key (tenant_id, id),
  constraint walk_tickets_account_key unique (tenant_id, account_id, id)
);
comment on column walk_tickets.customer_contact is 'masked; the contact itself lies encrypted in contact_vault';
create index walk_tickets_queue on walk_tickets (tenant_id, account_id, created_at, id);
create index walk_tickets_status on walk_tickets (tenant_id, account_id, status, created_at, id);

create table walk_flows (
  tenant_id uuid not null constraint walk_flows_tenant_fk references tenants (id),
  account_id text not null,
  id uuid not null,
  title text not null,
  category text not null,
  language text not null,
  problem_text text not null,
  nodes jsonb not null,
  status text not null constraint walk_flows_status_known check (status in ('published', 'retired')),
  vectors bytea not null,
  embedding_model text not null,
  created_by text not null,
  created_at timestamptz not null,
  constraint walk_flows_pk primary key (tenant_id, id),
  constraint walk_flows_account_key unique (tenant_id, account_id, id)
);
create index walk_flows_account on walk_flows (tenant_id, account_id, created_at, id);

create table walk_sessions (
  tenant_id uuid not null constraint walk_sessions_tenant_fk references tenants (id),
  account_id text not null,
  id uuid not null,
  version bigint not null constraint walk_sessions_version_positive check (version > 0),
  ticket_id uuid not null,
  session_kind text not null constraint walk_sessions_kind_known check (session_kind in ('flow', 'adhoc', 'ai_build', 'escalated_direct')),
  category text,
  problem_text text not null,
  language text not null,
  flow_id text,
  flow_nodes jsonb,
  flow_proposal_id uuid,
  current_node_id text,
  pending_node jsonb,
  nodes_served bigint not null default 0,
  walked_path jsonb not null default '[]',
  walk_notes jsonb not null default '[]',
  status text not null constraint walk_sessions_status_known check (status in ('active', 'resolved', 'escalated', 'abandoned')),
  helpful boolean,
  resolution_notes text,
  reason text,
  reason_category text,
  warning text,
  case_id uuid,
  case_alias text,
  started_by text not null,
  started_at timestamptz not null,
  last_step_at timestamptz not null,
  resolved_at timestamptz,
  constraint walk_sessions_pk primary key (tenant_id, id),
  constraint walk_sessions_account_key unique (tenant_id, account_id, id),
  constraint walk_sessions_ticket_fk foreign key (tenant_id, account_id, ticket_id) references walk_tickets (tenant_id, account_id, id),
  constraint walk_sessions_case_fk foreign key (tenant_id, case_id) references cases (tenant_id, id) on delete set null (case_id)
);
create index walk_sessions_ticket on walk_sessions (tenant_id, account_id, ticket_id);
create index walk_sessions_case on walk_sessions (tenant_id, case_id);
create index walk_sessions_escalated on walk_sessions (tenant_id, account_id, last_step_at, id) where status = 'escalated';
create index walk_sessions_active on walk_sessions (tenant_id, account_id, started_by, last_step_at, id) where status = 'active';
create index walk_sessions_idle on walk_sessions (tenant_id, last_step_at) where status = 'active';

create table flow_proposals (
  tenant_id uuid not null constraint flow_proposals_tenant_fk references tenants (id),
  account_id text not null,
  id uuid not null,
  l1_session_id uuid not null,
  title text not null,
  category text not null,
  language text not null,
  problem_text text not null,
  nodes jsonb not null,
  status text not null constraint flow_proposals_status_known check (status in ('proposed', 'published')),
  flow_id uuid,
  created_by text not null,
  created_at timestamptz not null,
  constraint flow_proposals_pk primary key (tenant_id, id),
  constraint flow_proposals_session_key unique (tenant_id, account_id, l1_session_id),
  constraint flow_proposals_session_fk foreign key (tenant_id, account_id, l1_session_id)
    references walk_sessions (tenant_id, account_id, id) on delete cascade,
  constraint flow_proposals_flow_fk foreign key (tenant_id, account_id, flow_id) references walk_flows (tenant_id, account_id, id)
);
create index flow_proposals_flow on flow_proposals (tenant_id, account_id, flow_id);

-- Only what an account switched; the rest stands as its tenant's kind has it.
create table walk_categories (
  tenant_id uuid not null constraint walk_categories_tenant_fk references tenants (id),
  account_id text not null,
  code text not null,
  enabled boolean not null,
  constraint walk_categories_pk primary key (tenant_id, account_id, code)
);
create table walk_settings (
  tenant_id uuid not null constraint walk_settings_tenant_fk references tenants (id),
  account_id text not null,
  sessions_creator_only boolean not null,
  constraint walk_settings_pk primary key (tenant_id, account_id)
);
-- Who takes escalations over. A removed one stays as a row and gets nothing.
create table walk_recipients (
  tenant_id uuid not null constraint walk_recipients_tenant_fk references tenants (id),
  account_id text not null,
  email text not null,
  name text not null,
  deleted_at timestamptz,
  constraint walk_recipients_pk primary key (tenant_id, account_id, email)
);
-- The tenant's, for accounts that have named nobody.
create table walk_default_recipients (
  tenant_id uuid not null constraint walk_default_recipients_tenant_fk references tenants (id),
  email text not null,
  name text not null,
  deleted_at timestamptz,
  constraint walk_default_recipients_pk primary key (tenant_id, email)
);

alter table walk_tickets enable row level security;
alter table walk_tickets force row level security;
create policy walk_tickets_own on walk_tickets
  using (tenant_id = (select app_tenant()) and account_id = (select app_account()))
  with check (tenant_id = (select app_tenant()) and account_id = (select app_account()));
alter table walk_flows enable row level security;
alter table walk_flows force row level security;
create policy walk_flows_own on walk_flows
  using (tenant_id = (select app_tenant()) and account_id = (select app_account()))
  with check (tenant_id = (select app_tenant()) and account_id = (select app_account()));
alter table walk_sessions enable row level security;
alter table walk_sessions force row level security;
create policy walk_sessions_own on walk_sessions
  using (tenant_id = (select app_tenant()) and account_id = (select app_account()))
  with check (tenant_id = (select app_tenant()) and account_id = (select app_account()));
alter table flow_proposals enable row level security;
alter table flow_proposals force row level security;
create policy flow_proposals_own on flow_proposals
  using (tenant_id = (select app_tenant()) and account_id = (select app_account()))
  with check (tenant_id = (select app_tenant()) and account_id = (select app_account()));
alter table walk_categories enable row level security;
alter table walk_categories force row level security;
create policy walk_categories_own on walk_categories
  using (tenant_id = (select app_tenant()) and account_id = (select app_account()))
  with check (tenant_id = (select app_tenant()) and account_id = (select app_account()));
alter table walk_settings enable row level security;
alter table walk_settings force row level security;
create policy walk_settings_own on walk_settings
  using (tenant_id = (select app_tenant()) and account_id = (select app_account()))
  with check (tenant_id = (select app_tenant()) and account_id = (select app_account()));
alter table walk_recipients enable row level security;
alter table walk_recipients force row level security;
create policy walk_recipients_own on walk_recipients
  using (tenant_id = (select app_tenant()) and account_id = (select app_account()))
  with check (tenant_id = (select app_tenant()) and account_id = (select app_account()));
alter table walk_default_recipients enable row level security;
alter table walk_default_recipients force row level security;
create policy walk_default_recipients_own on walk_default_recipients using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));

-- The sweep of idle walks goes through all accounts of a tenant; it may read and change these two tables only.
create policy walk_sessions_swept on walk_sessions to casework_janitor
  using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
create policy walk_tickets_swept on walk_tickets to casework_janitor
  using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
create policy walk_sessions_lookup on walk_sessions for select to casework_lookup using (true);
grant select (tenant_id, status, last_step_at) on walk_sessions to casework_lookup;

grant select on walk_tickets, walk_flows, walk_sessions, flow_proposals, walk_categories, walk_settings, walk_recipients,
  walk_default_recipients to casework_api_reader, casework_api_writer;
grant insert, update on walk_tickets, walk_flows, walk_sessions, flow_proposals, walk_categories, walk_settings, walk_recipients
  to casework_api_writer;
grant select (tenant_id, id, ticket_id, status, last_step_at, version), update (status, version) on walk_sessions to casework_janitor;
grant select (tenant_id, id, status), update (status) on walk_tickets to casework_janitor;

-- A caller's contact lies in the same vault as a reporter's.
alter table contact_vault alter column case_id drop not null;
alter table contact_vault
  add column ticket_id uuid,
  add constraint contact_vault_ticket_fk foreign key (tenant_id, ticket_id) references walk_tickets (tenant_id, id),
  add constraint contact_vault_ticket_key unique (tenant_id, ticket_id),
  add constraint contact_vault_one_subject check (num_nonnulls(case_id, ticket_id) = 1);

-- A mail is about a case, or hands a walk over.
alter table case_escalation_requests alter column case_id drop not null;
alter table case_escalation_requests
  add column walk_session_id uuid,
  add constraint case_escalation_requests_walk_fk foreign key (tenant_id, walk_session_id) references walk_sessions (tenant_id, id),
  add constraint case_escalation_requests_one_subject check (num_nonnulls(case_id, walk_session_id) = 1);
create index case_escalation_requests_walk on case_escalation_requests (tenant_id, walk_session_id);
alter table case_email_deliveries alter column case_id drop not null;

-- As before, and 'walks': active walks without a step since `at`; 'retention' also finds old counters of titles.
create or replace function tenants_with_due_work(work text, at timestamptz) returns setof uuid language sql stable security definer
  set search_path = pg_catalog, public
  as $$
    select tenant_id from public.outbox_streams where work = 'outbox' and sent_seq < head_seq and parked_reason is null
    union
    select tenant_id from public.case_email_deliveries
      where work = 'mail' and status in ('queued', 'sending', 'unknown') and next_attempt_at <= at
    union
    select tenant_id from public.walk_sessions where work = 'walks' and status = 'active' and last_step_at <= at
    union
    select tenant_id from public.idempotency_keys where work = 'retention' and created_at < at
    union
    select tenant_id from public.outbox_events where work = 'retention' and created_at < at
    union
    select tenant_id from public.consumed_events where work = 'retention' and consumed_at < at
    union
    select tenant_id from public.case_title_counters where work = 'retention' and day < (at at time zone 'UTC')::date
  $$;
