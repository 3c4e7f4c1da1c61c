-- The case: its stream of events (the truth), the projections written in the same commit, and outreach from it.
set lock_timeout = '5s';
set statement_timeout = '60s';

-- The stream. Append-only by privilege and by trigger; the payload lives apart, so that it can be erased and the chain still verifies.
create table case_events (
  tenant_id uuid not null constraint case_events_tenant_fk references tenants (id),
  case_id uuid not null,
  version bigint not null constraint case_events_version_positive check (version > 0),
  id bigint not null generated always as identity,
  type text not null,
  actor text not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  commitment bytea not null constraint case_events_commitment_length check (length(commitment) = 32),
  prev_hash bytea not null constraint case_events_prev_hash_length check (length(prev_hash) = 32),
  hash bytea not null constraint case_events_hash_length check (length(hash) = 32),
  constraint case_events_pk primary key (tenant_id, case_id, version),
  constraint case_events_id_key unique (tenant_id, id)
);
create table case_event_payloads (
  tenant_id uuid not null,
  case_id uuid not null,
  version bigint not null,
  payload jsonb not null,
  salt bytea not null,
  constraint case_event_payloads_pk primary key (tenant_id, case_id, version),
  constraint case_event_payloads_event_fk foreign key (tenant_id, case_id, version) references case_events (tenant_id, case_id, version)
);
create function refuse_change() returns trigger language plpgsql
  as $$ begin raise exception 'append-only table %', tg_table_name using errcode = 'insufficient_privilege'; end $$;
create trigger case_events_append_only before update or delete or truncate on case_events
  for each statement execute function refuse_change();

create table cases (
  tenant_id uuid not null constraint cases_tenant_fk references tenants (id),
  id uuid not null,
  version bigint not null constraint cases_version_positive check (version > 0),
  alias text not null,
  case_number text not null,
  slug text not null,
  title text not null constraint cases_title_length check (length(title) between 1 and 255),
  title_th text,
  title_en text,
  title_zh text,
  issue_definition_th text,
  issue_definition_en text,
  issue_definition_zh text,
  language_detected text not null,
  type text not null,
  case_type text,
  classification text not null,
  status text not null constraint cases_status_known check (status in ('proposed', 'under-review', 'governance-reviewing', 'open', 'assigned',
    'in-progress', 'awaiting-external', 'escalated', 'resolved', 'closed', 'archived')),
  closure_reason text,
  severity text not null constraint cases_severity_known check (severity in ('critical', 'high', 'medium', 'low')),
  alert_level text not null constraint cases_alert_level_known check (alert_level in ('L0', 'L1', 'L2', 'L3')),
  summary text not null,
  uncertainty_notes text not null,
  geometry jsonb,
  aggregate_geometry jsonb,
  aggregate_bbox double precision[],
  location point,
  h3_cell text,
  anchor_report_seq bigint,
  severity_score double precision not null,
  urgency_score double precision not null,
  confidence_score double precision not null,
  exposure_score double precision not null,
  criticality_score double precision not null,
  trend_score double precision not null,
  cluster_count bigint not null,
  linked_report_count bigint not null,
  first_seen_at timestamptz,
  last_seen_at timestamptz,
  last_cluster_at timestamptz,
  merged_into uuid,
  reporter jsonb,
  attributes jsonb not null,
  pattern jsonb not null,
  owner jsonb,
  attachments jsonb not null,
  ai_analysis_ref uuid,
  sensitive_surface_flag boolean not null,
  reopen_count bigint not null,
  creation_mode text not null,
  created_by text not null,
  occurred_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint cases_pk primary key (tenant_id, id),
  constraint cases_alias_key unique (tenant_id, alias),
  constraint cases_case_number_key unique (tenant_id, case_number),
  constraint cases_slug_key unique (tenant_id, slug),
  constraint cases_case_type_fk foreign key (tenant_id, case_type) references case_types (tenant_id, code),
  constraint cases_merged_into_fk foreign key (tenant_id, merged_into) references cases (tenant_id, id),
  constraint cases_anchor_fk foreign key (tenant_id, anchor_report_seq) references reports (tenant_id, seq)
);
create index cases_created on cases (tenant_id, created_at, id);
create index cases_updated on cases (tenant_id, updated_at, id);
create index cases_occurred on cases (tenant_id, occurred_at);
create index cases_status_updated on cases (tenant_id, status, updated_at, id);
create index cases_created_by on cases (tenant_id, created_by, created_at);
create index cases_anchor on cases (tenant_id, anchor_report_seq);

create table saved_clusters (
  tenant_id uuid not null constraint saved_clusters_tenant_fk references tenants (id),
  cluster_id text not null,
  source_type text not null,
  classification text not null,
  geometry jsonb,
  bbox double precision[],
  cluster_fingerprint text not null,
  seed_report_seq bigint,
  report_count bigint not null,
  summary text not null,
  stats jsonb,
  analysis jsonb,
  created_by_user_id text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint saved_clusters_pk primary key (tenant_id, cluster_id),
  constraint saved_clusters_seed_fk foreign key (tenant_id, seed_report_seq) references reports (tenant_id, seq)
);

create table case_reports (
  tenant_id uuid not null,
  case_id uuid not null,
  report_seq bigint not null,
  link_reason text not null constraint case_reports_link_reason_length check (length(link_reason) <= 128),
  confidence double precision not null constraint case_reports_confidence_range check (confidence between 0 and 1),
  attached_at timestamptz not null,
  constraint case_reports_pk primary key (tenant_id, case_id, report_seq),
  constraint case_reports_case_fk foreign key (tenant_id, case_id) references cases (tenant_id, id),
  constraint case_reports_report_fk foreign key (tenant_id, report_seq) references reports (tenant_id, seq)
);
create index case_reports_report on case_reports (tenant_id, report_seq);

create table case_clusters (
  tenant_id uuid not null,
  case_id uuid not null,
  cluster_id text not null,
  match_score double precision not null,
  match_reason text not null,
  linked_at timestamptz not null,
  constraint case_clusters_pk primary key (tenant_id, case_id, cluster_id),
  constraint case_clusters_case_fk foreign key (tenant_id, case_id) references cases (tenant_id, id),
  constraint case_clusters_cluster_fk foreign key (tenant_id, cluster_id) references saved_clusters (tenant_id, cluster_id)
);

create table case_follow_ups (
  tenant_id uuid not null,
  case_id uuid not null,
  ordinal bigint not null,
  action text not null,
  owner text not null,
  due_at timestamptz not null,
  status text not null,
  constraint case_follow_ups_pk primary key (tenant_id, case_id, ordinal),
  constraint case_follow_ups_case_fk foreign key (tenant_id, case_id) references cases (tenant_id, id)
);
create table case_links (
  tenant_id uuid not null,
  case_id uuid not null,
  edge_kind text not null constraint case_links_edge_kind_known check (edge_kind in ('actor', 'service', 'signal', 'dashboard', 'source_provenance')),
  target_type text not null,
  target_id text not null,
  ordinal bigint not null,
  constraint case_links_pk primary key (tenant_id, case_id, edge_kind, target_type, target_id),
  constraint case_links_case_fk foreign key (tenant_id, case_id) references cases (tenant_id, id)
);
create index case_links_target on case_links (tenant_id, edge_kind, target_id);

create table case_resolution_signals (
  tenant_id uuid not null,
  case_id uuid not null,
  id bigint not null,
  source_type text not null constraint case_resolution_signals_source_known check (source_type in ('reporter_confirmed', 'reporter_disputed',
    'after_photo', 'sensor_normal', 'agency_closed', 'silence_7d', 'new_report_same_place')),
  summary text not null,
  linked_report_seq bigint,
  metadata jsonb not null,
  created_at timestamptz not null,
  constraint case_resolution_signals_pk primary key (tenant_id, case_id, id),
  constraint case_resolution_signals_case_fk foreign key (tenant_id, case_id) references cases (tenant_id, id),
  constraint case_resolution_signals_report_fk foreign key (tenant_id, linked_report_seq) references reports (tenant_id, seq)
);

create table case_escalation_targets (
  tenant_id uuid not null,
  case_id uuid not null,
  id bigint not null generated always as identity,
  role_type text not null,
  organization text not null,
  display_name text not null,
  channel text not null constraint case_escalation_targets_channel_known check (channel in ('email', 'phone', 'website', 'social')),
  email text not null constraint case_escalation_targets_email_length check (length(email) <= 255),
  phone text not null constraint case_escalation_targets_phone_length check (length(phone) <= 64),
  website text not null constraint case_escalation_targets_website_length check (length(website) <= 512),
  contact_url text not null constraint case_escalation_targets_contact_url_length check (length(contact_url) <= 512),
  social_platform text not null,
  social_handle text not null,
  source_url text not null constraint case_escalation_targets_source_url_length check (length(source_url) <= 512),
  evidence_text text not null,
  verification_level text not null,
  attribution_class text not null,
  target_source text not null,
  endpoint_key text not null,
  confidence_score double precision not null constraint case_escalation_targets_confidence_range check (confidence_score between 0 and 1),
  rationale text not null,
  moved_from uuid,
  created_at timestamptz not null,
  constraint case_escalation_targets_pk primary key (tenant_id, case_id, id),
  constraint case_escalation_targets_case_fk foreign key (tenant_id, case_id) references cases (tenant_id, id)
);
-- A case holds a contact once; what a merge moved here may repeat it, because mails hang on it.
create unique index case_escalation_targets_endpoint_key on case_escalation_targets (tenant_id, case_id, endpoint_key) where moved_from is null;

-- One row per call of send: the text that all its actions and deliveries share.
create table case_escalation_requests (
  tenant_id uuid not null,
  id uuid not null,
  case_id uuid not null,
  subject text not null,
  body text not null,
  html text not null,
  language text not null,
  content_hash bytea not null,
  cc_emails text[] not null,
  requested_by text not null,
  requested_at timestamptz not null,
  constraint case_escalation_requests_pk primary key (tenant_id, id),
  constraint case_escalation_requests_case_fk foreign key (tenant_id, case_id) references cases (tenant_id, id)
);
create index case_escalation_requests_case on case_escalation_requests (tenant_id, case_id);
create table case_escalation_actions (
  tenant_id uuid not null,
  id bigint not null generated always as identity,
  case_id uuid not null,
  request_id uuid not null,
  target_id bigint not null,
  content_hash bytea not null constraint case_escalation_actions_hash_length check (length(content_hash) = 32),
  repetition bigint not null,
  created_at timestamptz not null,
  constraint case_escalation_actions_pk primary key (tenant_id, id),
  constraint case_escalation_actions_request_fk foreign key (tenant_id, request_id) references case_escalation_requests (tenant_id, id),
  constraint case_escalation_actions_target_fk foreign key (tenant_id, case_id, target_id) references case_escalation_targets (tenant_id, case_id, id) on update cascade,
  constraint case_escalation_actions_once unique (tenant_id, case_id, target_id, content_hash, repetition)
);
create index case_escalation_actions_request on case_escalation_actions (tenant_id, request_id);

create table case_email_deliveries (
  tenant_id uuid not null,
  id bigint not null generated always as identity,
  delivery_id uuid not null,
  case_id uuid not null,
  request_id uuid not null,
  action_id bigint,
  target_id bigint,
  recipient_email text not null constraint case_email_deliveries_recipient_length check (length(recipient_email) <= 255),
  source text not null,
  opt_out_token uuid not null,
  sensitive boolean not null,
  status text not null constraint case_email_deliveries_status_known check (status in ('queued', 'sending', 'sent', 'delivered', 'bounced', 'dropped',
    'complained', 'failed', 'unknown', 'invalid_email', 'opted_out')),
  status_at timestamptz not null,
  attempt bigint not null,
  attempts_refused bigint not null,
  next_attempt_at timestamptz,
  lease_token uuid,
  sending_since timestamptz,
  provider text not null,
  provider_message_id text,
  sent_at timestamptz,
  error_code text,
  error_message text,
  created_at timestamptz not null,
  constraint case_email_deliveries_pk primary key (tenant_id, id),
  constraint case_email_deliveries_delivery_key unique (tenant_id, delivery_id),
  constraint case_email_deliveries_opt_out_key unique (tenant_id, opt_out_token),
  constraint case_email_deliveries_once unique (tenant_id, request_id, recipient_email),
  constraint case_email_deliveries_request_fk foreign key (tenant_id, request_id) references case_escalation_requests (tenant_id, id),
  constraint case_email_deliveries_action_fk foreign key (tenant_id, action_id) references case_escalation_actions (tenant_id, id)
);
create index case_email_deliveries_case on case_email_deliveries (tenant_id, case_id);
create index case_email_deliveries_delivery on case_email_deliveries (delivery_id);
create index case_email_deliveries_opt_out on case_email_deliveries (opt_out_token);
create index case_email_deliveries_due on case_email_deliveries (tenant_id, status, next_attempt_at) where status in ('queued', 'sending', 'unknown');

alter table case_events enable row level security;
alter table case_events force row level security;
create policy case_events_own on case_events using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
alter table case_event_payloads enable row level security;
alter table case_event_payloads force row level security;
create policy case_event_payloads_own on case_event_payloads using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
alter table cases enable row level security;
alter table cases force row level security;
create policy cases_own on cases using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
alter table saved_clusters enable row level security;
alter table saved_clusters force row level security;
create policy saved_clusters_own on saved_clusters using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
alter table case_reports enable row level security;
alter table case_reports force row level security;
create policy case_reports_own on case_reports using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
alter table case_clusters enable row level security;
alter table case_clusters force row level security;
create policy case_clusters_own on case_clusters using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
alter table case_follow_ups enable row level security;
alter table case_follow_ups force row level security;
create policy case_follow_ups_own on case_follow_ups using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
alter table case_links enable row level security;
alter table case_links force row level security;
create policy case_links_own on case_links using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
alter table case_resolution_signals enable row level security;
alter table case_resolution_signals force row level security;
create policy case_resolution_signals_own on case_resolution_signals using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
alter table case_escalation_targets enable row level security;
alter table case_escalation_targets force row level security;
create policy case_escalation_targets_own on case_escalation_targets using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
alter table case_escalation_requests enable row level security;
alter table case_escalation_requests force row level security;
create policy case_escalation_requests_own on case_escalation_requests using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
alter table case_escalation_actions enable row level security;
alter table case_escalation_actions force row level security;
create policy case_escalation_actions_own on case_escalation_actions using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
alter table case_email_deliveries enable row level security;
alter table case_email_deliveries force row level security;
create policy case_email_deliveries_own on case_email_deliveries using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
create policy case_email_deliveries_lookup on case_email_deliveries for select to casework_lookup using (true);
grant select (tenant_id, delivery_id, opt_out_token, status, next_attempt_at) on case_email_deliveries to casework_lookup;

create view case_audit_events with (security_invoker = true) as
  select e.tenant_id, e.id, e.case_id, e.version, e.type as event_type, e.actor as actor_user_id, p.payload, e.occurred_at as created_at
  from case_events e left join case_event_payloads p using (tenant_id, case_id, version);

create sequence case_resolution_signal_ids;
-- A new case's number is made of the next of these: numbers of one day never meet.
create sequence case_ordinals;

grant select on case_events, case_event_payloads, case_audit_events, cases, saved_clusters, case_reports, case_clusters, case_follow_ups, case_links,
  case_resolution_signals, case_escalation_targets, case_escalation_requests, case_escalation_actions, case_email_deliveries
  to casework_api_reader, casework_api_writer;
grant insert on case_events, case_event_payloads, saved_clusters, case_escalation_targets, case_escalation_requests, case_escalation_actions,
  case_email_deliveries to casework_api_writer;
grant insert, update on cases, case_reports, case_clusters, case_follow_ups, case_links, case_resolution_signals to casework_api_writer;
grant delete on case_reports, case_clusters, case_follow_ups, case_links, case_resolution_signals to casework_api_writer;
grant update (case_id, moved_from) on case_escalation_targets to casework_api_writer;
grant update (case_id) on case_escalation_requests to casework_api_writer;
grant update on case_email_deliveries to casework_api_writer;
grant usage on sequence case_resolution_signal_ids, case_ordinals to casework_api_writer;
grant select, update on case_email_deliveries to casework_mail_sender, casework_webhook_receiver, casework_janitor;
grant select on case_escalation_requests, case_escalation_actions to casework_mail_sender, casework_webhook_receiver, casework_janitor;
