-- The schema that the migrations amount to, for reading; it is never applied, and a test holds it equal to them.
-- Written by tests/support/schema_dump.py from the catalogue of a database that was migrated from zero:
--   make schema

create extension btree_gist;

create role casework_api_reader login noinherit;
  -- TimeZone=UTC
  -- idle_in_transaction_session_timeout=60s
  -- lock_timeout=10s
  -- statement_timeout=20s

create role casework_api_writer login noinherit;
  -- TimeZone=UTC
  -- idle_in_transaction_session_timeout=60s
  -- lock_timeout=10s
  -- statement_timeout=20s

create role casework_case_eraser login noinherit;
  -- TimeZone=UTC
  -- idle_in_transaction_session_timeout=60s
  -- lock_timeout=10s
  -- statement_timeout=20s

create role casework_janitor login noinherit;
  -- TimeZone=UTC
  -- idle_in_transaction_session_timeout=60s
  -- lock_timeout=10s
  -- statement_timeout=20s

create role casework_lookup nologin;

create role casework_mail_sender login noinherit;
  -- TimeZone=UTC
  -- idle_in_transaction_session_timeout=60s
  -- lock_timeout=10s
  -- statement_timeout=20s

create role casework_outbox_relay login noinherit;
  -- TimeZone=UTC
  -- idle_in_transaction_session_timeout=60s
  -- lock_timeout=10s
  -- statement_timeout=20s

create role casework_webhook_receiver login noinherit;
  -- TimeZone=UTC
  -- idle_in_transaction_session_timeout=60s
  -- lock_timeout=10s
  -- statement_timeout=20s

CREATE OR REPLACE FUNCTION public.app_account()
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select nullif(current_setting('app.account_id', true), '') $function$
;
  -- public may execute

CREATE OR REPLACE FUNCTION public.app_tenant()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select nullif(current_setting('app.tenant_id', true), '')::uuid $function$
;
  -- public may execute

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin raise exception 'append-only table %', tg_table_name using errcode = 'insufficient_privilege'; end $function$
;
  -- public may execute

CREATE OR REPLACE FUNCTION public.tenant_of_delivery(wanted uuid)
 RETURNS uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$ select tenant_id from public.case_email_deliveries where delivery_id = wanted $function$
;
  -- casework_webhook_receiver may execute
  -- owner casework_lookup

CREATE OR REPLACE FUNCTION public.tenant_of_opt_out(wanted uuid)
 RETURNS uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$ select tenant_id from public.case_email_deliveries where opt_out_token = wanted $function$
;
  -- casework_api_reader may execute
  -- casework_api_writer may execute
  -- owner casework_lookup

CREATE OR REPLACE FUNCTION public.tenant_of_slug(wanted text)
 RETURNS uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$ select id from public.tenants where slug = wanted or id::text = wanted $function$
;
  -- casework_api_reader may execute
  -- casework_api_writer may execute
  -- casework_case_eraser may execute
  -- owner casework_lookup

CREATE OR REPLACE FUNCTION public.tenants_with_due_work(work text, at timestamp with time zone)
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
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
  $function$
;
  -- casework_janitor may execute
  -- casework_outbox_relay may execute
  -- owner casework_lookup

create sequence case_ordinals;
  -- casework_api_writer may usage

create sequence case_resolution_signal_ids;
  -- casework_api_writer may usage

create table area_contacts (
  tenant_id uuid not null,
  area_id uuid not null,
  email text not null,
  organization text not null,
  role text not null,
  consent_report boolean not null,
  constraint area_contacts_pk PRIMARY KEY (tenant_id, area_id, email),
  constraint area_contacts_area_fk FOREIGN KEY (tenant_id, area_id) REFERENCES areas(tenant_id, id) ON DELETE CASCADE,
  constraint area_contacts_email_length CHECK ((length(email) <= 255))
);
alter table area_contacts enable row level security;
alter table area_contacts force row level security;
create policy area_contacts_own on area_contacts using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant select on area_contacts to casework_api_reader;
grant select on area_contacts to casework_api_writer;

create table areas (
  tenant_id uuid not null,
  id uuid not null,
  key text not null,
  name text not null,
  name_th text,
  name_zh text,
  geometry jsonb not null,
  west double precision not null,
  south double precision not null,
  east double precision not null,
  north double precision not null,
  created_at timestamp with time zone not null,
  constraint areas_pk PRIMARY KEY (tenant_id, id),
  constraint areas_key_key UNIQUE (tenant_id, key),
  constraint areas_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
alter table areas enable row level security;
alter table areas force row level security;
create policy areas_own on areas using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant select on areas to casework_api_reader;
grant select on areas to casework_api_writer;

create table case_clusters (
  tenant_id uuid not null,
  case_id uuid not null,
  cluster_id text not null,
  match_score double precision not null,
  match_reason text not null,
  linked_at timestamp with time zone not null,
  constraint case_clusters_pk PRIMARY KEY (tenant_id, case_id, cluster_id),
  constraint case_clusters_case_fk FOREIGN KEY (tenant_id, case_id) REFERENCES cases(tenant_id, id),
  constraint case_clusters_cluster_fk FOREIGN KEY (tenant_id, cluster_id) REFERENCES saved_clusters(tenant_id, cluster_id)
);
alter table case_clusters enable row level security;
alter table case_clusters force row level security;
create policy case_clusters_own on case_clusters using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant delete, insert, select, update on case_clusters to casework_api_writer;
grant delete, select on case_clusters to casework_case_eraser;
grant select on case_clusters to casework_api_reader;

create table case_email_deliveries (
  tenant_id uuid not null,
  id bigint not null generated always as identity,
  delivery_id uuid not null,
  case_id uuid,
  request_id uuid not null,
  action_id bigint,
  target_id bigint,
  recipient_email text not null,
  source text not null,
  opt_out_token uuid not null,
  sensitive boolean not null,
  status text not null,
  status_at timestamp with time zone not null,
  attempt bigint not null,
  attempts_refused bigint not null,
  next_attempt_at timestamp with time zone,
  lease_token uuid,
  sending_since timestamp with time zone,
  provider text not null,
  provider_message_id text,
  sent_at timestamp with time zone,
  error_code text,
  error_message text,
  created_at timestamp with time zone not null,
  constraint case_email_deliveries_pk PRIMARY KEY (tenant_id, id),
  constraint case_email_deliveries_delivery_key UNIQUE (tenant_id, delivery_id),
  constraint case_email_deliveries_once UNIQUE (tenant_id, request_id, recipient_email),
  constraint case_email_deliveries_opt_out_key UNIQUE (tenant_id, opt_out_token),
  constraint case_email_deliveries_action_fk FOREIGN KEY (tenant_id, action_id) REFERENCES case_escalation_actions(tenant_id, id),
  constraint case_email_deliveries_request_fk FOREIGN KEY (tenant_id, request_id) REFERENCES case_escalation_requests(tenant_id, id),
  constraint case_email_deliveries_recipient_length CHECK ((length(recipient_email) <= 255)),
  constraint case_email_deliveries_status_known CHECK ((status = ANY (ARRAY['queued'::text, 'sending'::text, 'sent'::text, 'delivered'::text, 'bounced'::text, 'dropped'::text, 'complained'::text, 'failed'::text, 'unknown'::text, 'invalid_email'::text, 'opted_out'::text])))
);
CREATE INDEX case_email_deliveries_case ON public.case_email_deliveries USING btree (tenant_id, case_id);
CREATE INDEX case_email_deliveries_delivery ON public.case_email_deliveries USING btree (delivery_id);
CREATE INDEX case_email_deliveries_due ON public.case_email_deliveries USING btree (tenant_id, status, next_attempt_at) WHERE (status = ANY (ARRAY['queued'::text, 'sending'::text, 'unknown'::text]));
CREATE INDEX case_email_deliveries_opt_out ON public.case_email_deliveries USING btree (opt_out_token);
alter table case_email_deliveries enable row level security;
alter table case_email_deliveries force row level security;
create policy case_email_deliveries_lookup on case_email_deliveries for select to casework_lookup using (true);
create policy case_email_deliveries_own on case_email_deliveries using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant insert, select, update on case_email_deliveries to casework_api_writer;
grant select on case_email_deliveries to casework_api_reader;
grant select, update on case_email_deliveries to casework_janitor;
grant select, update on case_email_deliveries to casework_mail_sender;
grant select, update on case_email_deliveries to casework_webhook_receiver;
grant select (tenant_id, delivery_id, opt_out_token, status, next_attempt_at) on case_email_deliveries to casework_lookup;

create table case_escalation_actions (
  tenant_id uuid not null,
  id bigint not null generated always as identity,
  case_id uuid not null,
  request_id uuid not null,
  target_id bigint not null,
  content_hash bytea not null,
  repetition bigint not null,
  created_at timestamp with time zone not null,
  constraint case_escalation_actions_pk PRIMARY KEY (tenant_id, id),
  constraint case_escalation_actions_once UNIQUE (tenant_id, case_id, target_id, content_hash, repetition),
  constraint case_escalation_actions_request_fk FOREIGN KEY (tenant_id, request_id) REFERENCES case_escalation_requests(tenant_id, id),
  constraint case_escalation_actions_target_fk FOREIGN KEY (tenant_id, case_id, target_id) REFERENCES case_escalation_targets(tenant_id, case_id, id) ON UPDATE CASCADE,
  constraint case_escalation_actions_hash_length CHECK ((length(content_hash) = 32))
);
CREATE INDEX case_escalation_actions_request ON public.case_escalation_actions USING btree (tenant_id, request_id);
alter table case_escalation_actions enable row level security;
alter table case_escalation_actions force row level security;
create policy case_escalation_actions_own on case_escalation_actions using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant insert, select on case_escalation_actions to casework_api_writer;
grant select on case_escalation_actions to casework_api_reader;
grant select on case_escalation_actions to casework_janitor;
grant select on case_escalation_actions to casework_mail_sender;
grant select on case_escalation_actions to casework_webhook_receiver;

create table case_escalation_requests (
  tenant_id uuid not null,
  id uuid not null,
  case_id uuid,
  subject text not null,
  body text not null,
  html text not null,
  language text not null,
  content_hash bytea not null,
  cc_emails text[] not null,
  requested_by text not null,
  requested_at timestamp with time zone not null,
  walk_session_id uuid,
  constraint case_escalation_requests_pk PRIMARY KEY (tenant_id, id),
  constraint case_escalation_requests_case_fk FOREIGN KEY (tenant_id, case_id) REFERENCES cases(tenant_id, id),
  constraint case_escalation_requests_walk_fk FOREIGN KEY (tenant_id, walk_session_id) REFERENCES walk_sessions(tenant_id, id),
  constraint case_escalation_requests_one_subject CHECK ((num_nonnulls(case_id, walk_session_id) = 1))
);
CREATE INDEX case_escalation_requests_case ON public.case_escalation_requests USING btree (tenant_id, case_id);
CREATE INDEX case_escalation_requests_walk ON public.case_escalation_requests USING btree (tenant_id, walk_session_id);
alter table case_escalation_requests enable row level security;
alter table case_escalation_requests force row level security;
create policy case_escalation_requests_own on case_escalation_requests using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant insert, select on case_escalation_requests to casework_api_writer;
grant select on case_escalation_requests to casework_api_reader;
grant select on case_escalation_requests to casework_janitor;
grant select on case_escalation_requests to casework_mail_sender;
grant select on case_escalation_requests to casework_webhook_receiver;
grant update (case_id) on case_escalation_requests to casework_api_writer;

create table case_escalation_targets (
  tenant_id uuid not null,
  case_id uuid not null,
  id bigint not null generated always as identity,
  role_type text not null,
  organization text not null,
  display_name text not null,
  channel text not null,
  email text not null,
  phone text not null,
  website text not null,
  contact_url text not null,
  social_platform text not null,
  social_handle text not null,
  source_url text not null,
  evidence_text text not null,
  verification_level text not null,
  attribution_class text not null,
  target_source text not null,
  endpoint_key text not null,
  confidence_score double precision not null,
  rationale text not null,
  moved_from uuid,
  created_at timestamp with time zone not null,
  constraint case_escalation_targets_pk PRIMARY KEY (tenant_id, case_id, id),
  constraint case_escalation_targets_case_fk FOREIGN KEY (tenant_id, case_id) REFERENCES cases(tenant_id, id),
  constraint case_escalation_targets_channel_known CHECK ((channel = ANY (ARRAY['email'::text, 'phone'::text, 'website'::text, 'social'::text]))),
  constraint case_escalation_targets_confidence_range CHECK (((confidence_score >= (0)::double precision) AND (confidence_score <= (1)::double precision))),
  constraint case_escalation_targets_contact_url_length CHECK ((length(contact_url) <= 512)),
  constraint case_escalation_targets_email_length CHECK ((length(email) <= 255)),
  constraint case_escalation_targets_phone_length CHECK ((length(phone) <= 64)),
  constraint case_escalation_targets_source_url_length CHECK ((length(source_url) <= 512)),
  constraint case_escalation_targets_website_length CHECK ((length(website) <= 512))
);
CREATE UNIQUE INDEX case_escalation_targets_endpoint_key ON public.case_escalation_targets USING btree (tenant_id, case_id, endpoint_key) WHERE (moved_from IS NULL);
alter table case_escalation_targets enable row level security;
alter table case_escalation_targets force row level security;
create policy case_escalation_targets_own on case_escalation_targets using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant insert, select on case_escalation_targets to casework_api_writer;
grant select on case_escalation_targets to casework_api_reader;
grant update (case_id, moved_from) on case_escalation_targets to casework_api_writer;

create table case_event_payloads (
  tenant_id uuid not null,
  case_id uuid not null,
  version bigint not null,
  payload jsonb not null,
  salt bytea not null,
  constraint case_event_payloads_pk PRIMARY KEY (tenant_id, case_id, version),
  constraint case_event_payloads_event_fk FOREIGN KEY (tenant_id, case_id, version) REFERENCES case_events(tenant_id, case_id, version)
);
alter table case_event_payloads enable row level security;
alter table case_event_payloads force row level security;
create policy case_event_payloads_own on case_event_payloads using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant delete, insert, select on case_event_payloads to casework_case_eraser;
grant insert, select on case_event_payloads to casework_api_writer;
grant select on case_event_payloads to casework_api_reader;

create table case_events (
  tenant_id uuid not null,
  case_id uuid not null,
  version bigint not null,
  id bigint not null generated always as identity,
  type text not null,
  actor text not null,
  occurred_at timestamp with time zone not null,
  recorded_at timestamp with time zone not null,
  commitment bytea not null,
  prev_hash bytea not null,
  hash bytea not null,
  constraint case_events_pk PRIMARY KEY (tenant_id, case_id, version),
  constraint case_events_id_key UNIQUE (tenant_id, id),
  constraint case_events_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint case_events_commitment_length CHECK ((length(commitment) = 32)),
  constraint case_events_hash_length CHECK ((length(hash) = 32)),
  constraint case_events_prev_hash_length CHECK ((length(prev_hash) = 32)),
  constraint case_events_version_positive CHECK ((version > 0))
);
CREATE TRIGGER case_events_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.case_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
alter table case_events enable row level security;
alter table case_events force row level security;
create policy case_events_own on case_events using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant insert, select on case_events to casework_api_writer;
grant insert, select on case_events to casework_case_eraser;
grant select on case_events to casework_api_reader;

create table case_follow_ups (
  tenant_id uuid not null,
  case_id uuid not null,
  ordinal bigint not null,
  action text not null,
  owner text not null,
  due_at timestamp with time zone not null,
  status text not null,
  constraint case_follow_ups_pk PRIMARY KEY (tenant_id, case_id, ordinal),
  constraint case_follow_ups_case_fk FOREIGN KEY (tenant_id, case_id) REFERENCES cases(tenant_id, id)
);
alter table case_follow_ups enable row level security;
alter table case_follow_ups force row level security;
create policy case_follow_ups_own on case_follow_ups using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant delete, insert, select, update on case_follow_ups to casework_api_writer;
grant delete, select on case_follow_ups to casework_case_eraser;
grant select on case_follow_ups to casework_api_reader;

create table case_links (
  tenant_id uuid not null,
  case_id uuid not null,
  edge_kind text not null,
  target_type text not null,
  target_id text not null,
  ordinal bigint not null,
  constraint case_links_pk PRIMARY KEY (tenant_id, case_id, edge_kind, target_type, target_id),
  constraint case_links_case_fk FOREIGN KEY (tenant_id, case_id) REFERENCES cases(tenant_id, id),
  constraint case_links_edge_kind_known CHECK ((edge_kind = ANY (ARRAY['actor'::text, 'service'::text, 'signal'::text, 'dashboard'::text, 'source_provenance'::text])))
);
CREATE INDEX case_links_target ON public.case_links USING btree (tenant_id, edge_kind, target_id);
alter table case_links enable row level security;
alter table case_links force row level security;
create policy case_links_own on case_links using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant delete, insert, select, update on case_links to casework_api_writer;
grant delete, select on case_links to casework_case_eraser;
grant select on case_links to casework_api_reader;

create table case_reports (
  tenant_id uuid not null,
  case_id uuid not null,
  report_seq bigint not null,
  link_reason text not null,
  confidence double precision not null,
  attached_at timestamp with time zone not null,
  constraint case_reports_pk PRIMARY KEY (tenant_id, case_id, report_seq),
  constraint case_reports_case_fk FOREIGN KEY (tenant_id, case_id) REFERENCES cases(tenant_id, id),
  constraint case_reports_report_fk FOREIGN KEY (tenant_id, report_seq) REFERENCES reports(tenant_id, seq),
  constraint case_reports_confidence_range CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
  constraint case_reports_link_reason_length CHECK ((length(link_reason) <= 128))
);
CREATE INDEX case_reports_report ON public.case_reports USING btree (tenant_id, report_seq);
alter table case_reports enable row level security;
alter table case_reports force row level security;
create policy case_reports_own on case_reports using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant delete, insert, select, update on case_reports to casework_api_writer;
grant delete, select on case_reports to casework_case_eraser;
grant select on case_reports to casework_api_reader;

create table case_resolution_signals (
  tenant_id uuid not null,
  case_id uuid not null,
  id bigint not null,
  source_type text not null,
  summary text not null,
  linked_report_seq bigint,
  metadata jsonb not null,
  created_at timestamp with time zone not null,
  constraint case_resolution_signals_pk PRIMARY KEY (tenant_id, case_id, id),
  constraint case_resolution_signals_case_fk FOREIGN KEY (tenant_id, case_id) REFERENCES cases(tenant_id, id),
  constraint case_resolution_signals_report_fk FOREIGN KEY (tenant_id, linked_report_seq) REFERENCES reports(tenant_id, seq),
  constraint case_resolution_signals_source_known CHECK ((source_type = ANY (ARRAY['reporter_confirmed'::text, 'reporter_disputed'::text, 'after_photo'::text, 'sensor_normal'::text, 'agency_closed'::text, 'silence_7d'::text, 'new_report_same_place'::text])))
);
alter table case_resolution_signals enable row level security;
alter table case_resolution_signals force row level security;
create policy case_resolution_signals_own on case_resolution_signals using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant delete, insert, select, update on case_resolution_signals to casework_api_writer;
grant delete, select on case_resolution_signals to casework_case_eraser;
grant select on case_resolution_signals to casework_api_reader;

create table case_sessions (
  tenant_id uuid not null,
  case_id uuid not null,
  session_id text not null,
  ordinal bigint not null,
  linked_at timestamp with time zone not null,
  created_by text not null,
  case_created_at timestamp with time zone not null,
  constraint case_sessions_pk PRIMARY KEY (tenant_id, case_id, session_id),
  constraint case_sessions_case_fk FOREIGN KEY (tenant_id, case_id) REFERENCES cases(tenant_id, id),
  constraint case_sessions_session_length CHECK ((length(session_id) <= 100))
);
CREATE INDEX case_sessions_session ON public.case_sessions USING btree (tenant_id, session_id, created_by, case_created_at, case_id);
alter table case_sessions enable row level security;
alter table case_sessions force row level security;
create policy case_sessions_own on case_sessions using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant delete, insert, select on case_sessions to casework_api_writer;
grant delete, select on case_sessions to casework_case_eraser;
grant select on case_sessions to casework_api_reader;

create table case_title_counters (
  tenant_id uuid not null,
  user_id text not null,
  day date not null,
  last bigint not null,
  constraint case_title_counters_pk PRIMARY KEY (tenant_id, user_id, day),
  constraint case_title_counters_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
alter table case_title_counters enable row level security;
alter table case_title_counters force row level security;
create policy case_title_counters_lookup on case_title_counters for select to casework_lookup using (true);
create policy case_title_counters_own on case_title_counters using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant delete, select on case_title_counters to casework_janitor;
grant insert, select, update on case_title_counters to casework_api_writer;
grant select (tenant_id, day) on case_title_counters to casework_lookup;

create table case_types (
  tenant_id uuid not null,
  code text not null,
  title_th text not null,
  title_en text not null,
  title_zh text not null,
  default_alert_level text not null,
  default_severity text not null,
  lead_body text not null,
  resolve_days bigint not null,
  sensitive_by_default boolean not null default false,
  constraint case_types_pk PRIMARY KEY (tenant_id, code),
  constraint case_types_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint case_types_alert_level_known CHECK ((default_alert_level = ANY (ARRAY['L0'::text, 'L1'::text, 'L2'::text, 'L3'::text]))),
  constraint case_types_severity_known CHECK ((default_severity = ANY (ARRAY['critical'::text, 'high'::text, 'medium'::text, 'low'::text])))
);
alter table case_types enable row level security;
alter table case_types force row level security;
create policy case_types_own on case_types using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant select on case_types to casework_api_reader;
grant select on case_types to casework_api_writer;

create table cases (
  tenant_id uuid not null,
  id uuid not null,
  version bigint not null,
  alias text not null,
  case_number text not null,
  slug text not null,
  title text not null,
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
  status text not null,
  closure_reason text,
  severity text not null,
  alert_level text not null,
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
  first_seen_at timestamp with time zone,
  last_seen_at timestamp with time zone,
  last_cluster_at timestamp with time zone,
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
  occurred_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  category text,
  tags text[] not null default '{}'::text[],
  session_id text,
  resolved_at timestamp with time zone,
  constraint cases_pk PRIMARY KEY (tenant_id, id),
  constraint cases_alias_key UNIQUE (tenant_id, alias),
  constraint cases_case_number_key UNIQUE (tenant_id, case_number),
  constraint cases_slug_key UNIQUE (tenant_id, slug),
  constraint cases_anchor_fk FOREIGN KEY (tenant_id, anchor_report_seq) REFERENCES reports(tenant_id, seq),
  constraint cases_case_type_fk FOREIGN KEY (tenant_id, case_type) REFERENCES case_types(tenant_id, code),
  constraint cases_merged_into_fk FOREIGN KEY (tenant_id, merged_into) REFERENCES cases(tenant_id, id),
  constraint cases_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint cases_alert_level_known CHECK ((alert_level = ANY (ARRAY['L0'::text, 'L1'::text, 'L2'::text, 'L3'::text]))),
  constraint cases_category_known CHECK ((category = ANY (ARRAY['performance'::text, 'error'::text, 'configuration'::text, 'infrastructure'::text, 'security'::text, 'other'::text]))),
  constraint cases_severity_known CHECK ((severity = ANY (ARRAY['critical'::text, 'high'::text, 'medium'::text, 'low'::text]))),
  constraint cases_status_known CHECK ((status = ANY (ARRAY['proposed'::text, 'under-review'::text, 'governance-reviewing'::text, 'open'::text, 'assigned'::text, 'in-progress'::text, 'awaiting-external'::text, 'escalated'::text, 'resolved'::text, 'closed'::text, 'archived'::text]))),
  constraint cases_title_length CHECK (((length(title) >= 1) AND (length(title) <= 255))),
  constraint cases_version_positive CHECK ((version > 0))
);
CREATE INDEX cases_anchor ON public.cases USING btree (tenant_id, anchor_report_seq);
CREATE INDEX cases_created ON public.cases USING btree (tenant_id, created_at, id);
CREATE INDEX cases_created_by ON public.cases USING btree (tenant_id, created_by, created_at, id) INCLUDE (status);
CREATE INDEX cases_occurred ON public.cases USING btree (tenant_id, occurred_at);
CREATE INDEX cases_status_updated ON public.cases USING btree (tenant_id, status, updated_at, id);
CREATE INDEX cases_updated ON public.cases USING btree (tenant_id, updated_at, id);
alter table cases enable row level security;
alter table cases force row level security;
create policy cases_own on cases using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant delete, select, update on cases to casework_case_eraser;
grant insert, select, update on cases to casework_api_writer;
grant select on cases to casework_api_reader;

create table consumed_events (
  tenant_id uuid not null,
  consumer text not null,
  event_id uuid not null,
  consumed_at timestamp with time zone not null,
  constraint consumed_events_pk PRIMARY KEY (tenant_id, consumer, event_id),
  constraint consumed_events_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
alter table consumed_events enable row level security;
alter table consumed_events force row level security;
create policy consumed_events_lookup on consumed_events for select to casework_lookup using (true);
create policy consumed_events_own on consumed_events using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant delete, select on consumed_events to casework_janitor;
grant insert, select on consumed_events to casework_api_writer;
grant select (tenant_id, consumed_at) on consumed_events to casework_lookup;

create table contact_vault (
  tenant_id uuid not null,
  id uuid not null,
  case_id uuid,
  ciphertext bytea not null,
  key_id text not null,
  created_at timestamp with time zone not null,
  ticket_id uuid,
  constraint contact_vault_pk PRIMARY KEY (tenant_id, id),
  constraint contact_vault_case_key UNIQUE (tenant_id, case_id),
  constraint contact_vault_ticket_key UNIQUE (tenant_id, ticket_id),
  constraint contact_vault_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint contact_vault_ticket_fk FOREIGN KEY (tenant_id, ticket_id) REFERENCES walk_tickets(tenant_id, id),
  constraint contact_vault_one_subject CHECK ((num_nonnulls(case_id, ticket_id) = 1))
);
alter table contact_vault enable row level security;
alter table contact_vault force row level security;
create policy contact_vault_own on contact_vault using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant delete on contact_vault to casework_case_eraser;
grant insert on contact_vault to casework_api_writer;
grant select (tenant_id, case_id) on contact_vault to casework_case_eraser;

create table flow_proposals (
  tenant_id uuid not null,
  account_id text not null,
  id uuid not null,
  l1_session_id uuid not null,
  title text not null,
  category text not null,
  language text not null,
  problem_text text not null,
  nodes jsonb not null,
  status text not null,
  flow_id uuid,
  created_by text not null,
  created_at timestamp with time zone not null,
  constraint flow_proposals_pk PRIMARY KEY (tenant_id, id),
  constraint flow_proposals_session_key UNIQUE (tenant_id, account_id, l1_session_id),
  constraint flow_proposals_flow_fk FOREIGN KEY (tenant_id, account_id, flow_id) REFERENCES walk_flows(tenant_id, account_id, id),
  constraint flow_proposals_session_fk FOREIGN KEY (tenant_id, account_id, l1_session_id) REFERENCES walk_sessions(tenant_id, account_id, id) ON DELETE CASCADE,
  constraint flow_proposals_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint flow_proposals_status_known CHECK ((status = ANY (ARRAY['proposed'::text, 'published'::text])))
);
CREATE INDEX flow_proposals_flow ON public.flow_proposals USING btree (tenant_id, account_id, flow_id);
alter table flow_proposals enable row level security;
alter table flow_proposals force row level security;
create policy flow_proposals_own on flow_proposals using ((tenant_id = ( SELECT app_tenant() AS app_tenant)) AND (account_id = ( SELECT app_account() AS app_account))) with check ((tenant_id = ( SELECT app_tenant() AS app_tenant)) AND (account_id = ( SELECT app_account() AS app_account)));
grant insert, select, update on flow_proposals to casework_api_writer;
grant select on flow_proposals to casework_api_reader;

create table idempotency_keys (
  tenant_id uuid not null,
  principal text not null,
  operation text not null,
  key text not null,
  request_mac bytea not null,
  status bigint not null,
  resource text,
  body jsonb,
  created_at timestamp with time zone not null,
  constraint idempotency_keys_pk PRIMARY KEY (tenant_id, principal, operation, key),
  constraint idempotency_keys_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint idempotency_keys_key_length CHECK (((length(key) >= 1) AND (length(key) <= 255))),
  constraint idempotency_keys_mac_length CHECK ((length(request_mac) = 32))
);
CREATE INDEX idempotency_keys_created ON public.idempotency_keys USING btree (tenant_id, created_at);
alter table idempotency_keys enable row level security;
alter table idempotency_keys force row level security;
create policy idempotency_keys_lookup on idempotency_keys for select to casework_lookup using (true);
create policy idempotency_keys_own on idempotency_keys using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant delete, select on idempotency_keys to casework_janitor;
grant insert, select, update on idempotency_keys to casework_api_writer;
grant select (tenant_id, created_at) on idempotency_keys to casework_lookup;

create table mail_events (
  tenant_id uuid not null,
  provider_event_id text not null,
  delivery_id uuid not null,
  kind text not null,
  reason text not null,
  occurred_at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  constraint mail_events_pk PRIMARY KEY (tenant_id, provider_event_id),
  constraint mail_events_delivery_fk FOREIGN KEY (tenant_id, delivery_id) REFERENCES case_email_deliveries(tenant_id, delivery_id),
  constraint mail_events_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
CREATE INDEX mail_events_delivery ON public.mail_events USING btree (tenant_id, delivery_id);
alter table mail_events enable row level security;
alter table mail_events force row level security;
create policy mail_events_own on mail_events using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant insert, select on mail_events to casework_webhook_receiver;
grant select on mail_events to casework_api_reader;
grant select on mail_events to casework_api_writer;
grant select on mail_events to casework_mail_sender;

create table mail_opt_outs (
  tenant_id uuid not null,
  email text not null,
  opted_out_at timestamp with time zone not null,
  constraint mail_opt_outs_pk PRIMARY KEY (tenant_id, email),
  constraint mail_opt_outs_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
alter table mail_opt_outs enable row level security;
alter table mail_opt_outs force row level security;
create policy mail_opt_outs_own on mail_opt_outs using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant insert, select on mail_opt_outs to casework_api_writer;
grant select on mail_opt_outs to casework_api_reader;
grant select on mail_opt_outs to casework_mail_sender;

create table mail_usage (
  tenant_id uuid not null,
  day date not null,
  sender text not null,
  mails bigint not null,
  constraint mail_usage_pk PRIMARY KEY (tenant_id, day, sender),
  constraint mail_usage_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
alter table mail_usage enable row level security;
alter table mail_usage force row level security;
create policy mail_usage_own on mail_usage using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant insert, select, update on mail_usage to casework_api_writer;

create table outbox_events (
  tenant_id uuid not null,
  destination text not null,
  aggregate_id uuid not null,
  seq bigint not null,
  event_id uuid not null,
  type text not null,
  payload jsonb not null,
  created_at timestamp with time zone not null,
  constraint outbox_events_pk PRIMARY KEY (tenant_id, destination, aggregate_id, seq),
  constraint outbox_events_event_key UNIQUE (tenant_id, event_id),
  constraint outbox_events_stream_fk FOREIGN KEY (tenant_id, destination, aggregate_id) REFERENCES outbox_streams(tenant_id, destination, aggregate_id)
);
alter table outbox_events enable row level security;
alter table outbox_events force row level security;
create policy outbox_events_lookup on outbox_events for select to casework_lookup using (true);
create policy outbox_events_own on outbox_events using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant delete, insert, select on outbox_events to casework_janitor;
grant insert on outbox_events to casework_api_writer;
grant insert on outbox_events to casework_mail_sender;
grant insert on outbox_events to casework_webhook_receiver;
grant select on outbox_events to casework_outbox_relay;
grant select (tenant_id, created_at) on outbox_events to casework_lookup;

create table outbox_streams (
  tenant_id uuid not null,
  destination text not null,
  aggregate_id uuid not null,
  head_seq bigint not null,
  sent_seq bigint not null default 0,
  attempts bigint not null default 0,
  next_at timestamp with time zone not null default '-infinity'::timestamp with time zone,
  lease_token uuid,
  lease_until timestamp with time zone,
  parked_reason text,
  constraint outbox_streams_pk PRIMARY KEY (tenant_id, destination, aggregate_id),
  constraint outbox_streams_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint outbox_streams_sent_within_head CHECK (((sent_seq >= 0) AND (sent_seq <= head_seq)))
);
CREATE INDEX outbox_streams_due ON public.outbox_streams USING btree (next_at) WHERE ((sent_seq < head_seq) AND (parked_reason IS NULL));
alter table outbox_streams enable row level security;
alter table outbox_streams force row level security;
create policy outbox_streams_lookup on outbox_streams for select to casework_lookup using (true);
create policy outbox_streams_own on outbox_streams using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant insert, select, update on outbox_streams to casework_api_writer;
grant insert, select, update on outbox_streams to casework_janitor;
grant insert, select, update on outbox_streams to casework_mail_sender;
grant insert, select, update on outbox_streams to casework_webhook_receiver;
grant select, update on outbox_streams to casework_outbox_relay;
grant select (tenant_id, head_seq, sent_seq, parked_reason) on outbox_streams to casework_lookup;

create table report_analyses (
  tenant_id uuid not null,
  report_seq bigint not null,
  language text not null,
  source text not null,
  classification text not null,
  title text not null default ''::text,
  summary text not null default ''::text,
  description text not null default ''::text,
  analysis_text text not null default ''::text,
  brand_name text not null default ''::text,
  brand_display_name text not null default ''::text,
  severity_level double precision not null,
  litter_probability double precision not null default 0,
  hazard_probability double precision not null default 0,
  digital_bug_probability double precision not null default 0,
  inferred_contact_emails text[] not null default '{}'::text[],
  tokens text[] not null,
  is_valid boolean not null default true,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint report_analyses_pk PRIMARY KEY (tenant_id, report_seq, language),
  constraint report_analyses_report_fk FOREIGN KEY (tenant_id, report_seq) REFERENCES reports(tenant_id, seq) ON DELETE CASCADE,
  constraint report_analyses_classification_known CHECK ((classification = ANY (ARRAY['physical'::text, 'digital'::text]))),
  constraint report_analyses_language_form CHECK ((language ~ '^[a-z]{2,3}$'::text)),
  constraint report_analyses_severity_range CHECK (((severity_level >= (0)::double precision) AND (severity_level <= (1)::double precision)))
);
alter table report_analyses enable row level security;
alter table report_analyses force row level security;
create policy report_analyses_own on report_analyses using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant insert, select on report_analyses to casework_api_writer;
grant select on report_analyses to casework_api_reader;

create table reports (
  tenant_id uuid not null,
  seq bigint not null generated always as identity,
  public_id text not null,
  external_id text,
  reporter_id text not null,
  team bigint not null default 0,
  latitude double precision not null,
  longitude double precision not null,
  observed_at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  description text not null default ''::text,
  source_url text,
  is_active boolean not null default true,
  is_public boolean not null default true,
  last_email_sent_at timestamp with time zone,
  constraint reports_pk PRIMARY KEY (tenant_id, seq),
  constraint reports_external_id_key UNIQUE (tenant_id, external_id),
  constraint reports_public_id_key UNIQUE (tenant_id, public_id),
  constraint reports_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint reports_external_id_length CHECK (((length(external_id) >= 1) AND (length(external_id) <= 255))),
  constraint reports_latitude_on_globe CHECK (((latitude >= ('-90'::integer)::double precision) AND (latitude <= (90)::double precision))),
  constraint reports_longitude_on_globe CHECK (((longitude >= ('-180'::integer)::double precision) AND (longitude <= (180)::double precision)))
);
CREATE INDEX reports_place ON public.reports USING btree (tenant_id, latitude, longitude) WHERE (is_active AND is_public);
CREATE INDEX reports_reporter ON public.reports USING btree (tenant_id, reporter_id, seq);
alter table reports enable row level security;
alter table reports force row level security;
create policy reports_own on reports using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant insert, select on reports to casework_api_writer;
grant select on reports to casework_api_reader;

create table revoked_tokens (
  tenant_id uuid not null,
  jti text not null,
  revoked_at timestamp with time zone not null,
  constraint revoked_tokens_pk PRIMARY KEY (tenant_id, jti),
  constraint revoked_tokens_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
alter table revoked_tokens enable row level security;
alter table revoked_tokens force row level security;
create policy revoked_tokens_own on revoked_tokens using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant select on revoked_tokens to casework_api_reader;
grant select on revoked_tokens to casework_api_writer;
grant select on revoked_tokens to casework_case_eraser;

create table saved_clusters (
  tenant_id uuid not null,
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
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint saved_clusters_pk PRIMARY KEY (tenant_id, cluster_id),
  constraint saved_clusters_seed_fk FOREIGN KEY (tenant_id, seed_report_seq) REFERENCES reports(tenant_id, seq),
  constraint saved_clusters_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
alter table saved_clusters enable row level security;
alter table saved_clusters force row level security;
create policy saved_clusters_own on saved_clusters using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant insert, select on saved_clusters to casework_api_writer;
grant select on saved_clusters to casework_api_reader;

create table schema_migrations (
  id text not null,
  checksum text not null,
  applied_at timestamp with time zone not null default clock_timestamp(),
  constraint schema_migrations_pk PRIMARY KEY (id)
);

create table tenants (
  id uuid not null,
  slug text not null,
  name text not null,
  kind text not null,
  default_roles text[] not null default '{}'::text[],
  default_account_id text not null default 'main'::text,
  created_at timestamp with time zone not null,
  constraint tenants_pk PRIMARY KEY (id),
  constraint tenants_slug_key UNIQUE (slug),
  constraint tenants_kind_known CHECK ((kind = ANY (ARRAY['city'::text, 'support_desk'::text, 'operations'::text]))),
  constraint tenants_slug_form CHECK ((slug ~ '^[a-z][a-z0-9-]{1,62}$'::text))
);
alter table tenants enable row level security;
alter table tenants force row level security;
create policy tenants_lookup on tenants for select to casework_lookup using (true);
create policy tenants_own on tenants using (id = ( SELECT app_tenant() AS app_tenant)) with check (id = ( SELECT app_tenant() AS app_tenant));
grant select on tenants to casework_api_reader;
grant select on tenants to casework_api_writer;
grant select on tenants to casework_case_eraser;
grant select (id, slug) on tenants to casework_lookup;

create table walk_categories (
  tenant_id uuid not null,
  account_id text not null,
  code text not null,
  enabled boolean not null,
  constraint walk_categories_pk PRIMARY KEY (tenant_id, account_id, code),
  constraint walk_categories_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
alter table walk_categories enable row level security;
alter table walk_categories force row level security;
create policy walk_categories_own on walk_categories using ((tenant_id = ( SELECT app_tenant() AS app_tenant)) AND (account_id = ( SELECT app_account() AS app_account))) with check ((tenant_id = ( SELECT app_tenant() AS app_tenant)) AND (account_id = ( SELECT app_account() AS app_account)));
grant insert, select, update on walk_categories to casework_api_writer;
grant select on walk_categories to casework_api_reader;

create table walk_default_recipients (
  tenant_id uuid not null,
  email text not null,
  name text not null,
  deleted_at timestamp with time zone,
  constraint walk_default_recipients_pk PRIMARY KEY (tenant_id, email),
  constraint walk_default_recipients_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
alter table walk_default_recipients enable row level security;
alter table walk_default_recipients force row level security;
create policy walk_default_recipients_own on walk_default_recipients using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant select on walk_default_recipients to casework_api_reader;
grant select on walk_default_recipients to casework_api_writer;

create table walk_flows (
  tenant_id uuid not null,
  account_id text not null,
  id uuid not null,
  title text not null,
  category text not null,
  language text not null,
  problem_text text not null,
  nodes jsonb not null,
  status text not null,
  vectors bytea not null,
  embedding_model text not null,
  created_by text not null,
  created_at timestamp with time zone not null,
  constraint walk_flows_pk PRIMARY KEY (tenant_id, id),
  constraint walk_flows_account_key UNIQUE (tenant_id, account_id, id),
  constraint walk_flows_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint walk_flows_status_known CHECK ((status = ANY (ARRAY['published'::text, 'retired'::text])))
);
CREATE INDEX walk_flows_account ON public.walk_flows USING btree (tenant_id, account_id, created_at, id);
alter table walk_flows enable row level security;
alter table walk_flows force row level security;
create policy walk_flows_own on walk_flows using ((tenant_id = ( SELECT app_tenant() AS app_tenant)) AND (account_id = ( SELECT app_account() AS app_account))) with check ((tenant_id = ( SELECT app_tenant() AS app_tenant)) AND (account_id = ( SELECT app_account() AS app_account)));
grant insert, select, update on walk_flows to casework_api_writer;
grant select on walk_flows to casework_api_reader;

create table walk_recipients (
  tenant_id uuid not null,
  account_id text not null,
  email text not null,
  name text not null,
  deleted_at timestamp with time zone,
  constraint walk_recipients_pk PRIMARY KEY (tenant_id, account_id, email),
  constraint walk_recipients_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
alter table walk_recipients enable row level security;
alter table walk_recipients force row level security;
create policy walk_recipients_own on walk_recipients using ((tenant_id = ( SELECT app_tenant() AS app_tenant)) AND (account_id = ( SELECT app_account() AS app_account))) with check ((tenant_id = ( SELECT app_tenant() AS app_tenant)) AND (account_id = ( SELECT app_account() AS app_account)));
grant insert, select, update on walk_recipients to casework_api_writer;
grant select on walk_recipients to casework_api_reader;

create table walk_sessions (
  tenant_id uuid not null,
  account_id text not null,
  id uuid not null,
  version bigint not null,
  ticket_id uuid not null,
  session_kind text not null,
  category text,
  problem_text text not null,
  language text not null,
  flow_id text,
  flow_nodes jsonb,
  flow_proposal_id uuid,
  current_node_id text,
  pending_node jsonb,
  nodes_served bigint not null default 0,
  walked_path jsonb not null default '[]'::jsonb,
  walk_notes jsonb not null default '[]'::jsonb,
  status text not null,
  helpful boolean,
  resolution_notes text,
  reason text,
  reason_category text,
  warning text,
  case_id uuid,
  case_alias text,
  started_by text not null,
  started_at timestamp with time zone not null,
  last_step_at timestamp with time zone not null,
  resolved_at timestamp with time zone,
  constraint walk_sessions_pk PRIMARY KEY (tenant_id, id),
  constraint walk_sessions_account_key UNIQUE (tenant_id, account_id, id),
  constraint walk_sessions_case_fk FOREIGN KEY (tenant_id, case_id) REFERENCES cases(tenant_id, id) ON DELETE SET NULL (case_id),
  constraint walk_sessions_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint walk_sessions_ticket_fk FOREIGN KEY (tenant_id, account_id, ticket_id) REFERENCES walk_tickets(tenant_id, account_id, id),
  constraint walk_sessions_kind_known CHECK ((session_kind = ANY (ARRAY['flow'::text, 'adhoc'::text, 'ai_build'::text, 'escalated_direct'::text]))),
  constraint walk_sessions_status_known CHECK ((status = ANY (ARRAY['active'::text, 'resolved'::text, 'escalated'::text, 'abandoned'::text]))),
  constraint walk_sessions_version_positive CHECK ((version > 0))
);
CREATE INDEX walk_sessions_active ON public.walk_sessions USING btree (tenant_id, account_id, started_by, last_step_at, id) WHERE (status = 'active'::text);
CREATE INDEX walk_sessions_case ON public.walk_sessions USING btree (tenant_id, case_id);
CREATE INDEX walk_sessions_escalated ON public.walk_sessions USING btree (tenant_id, account_id, last_step_at, id) WHERE (status = 'escalated'::text);
CREATE INDEX walk_sessions_idle ON public.walk_sessions USING btree (tenant_id, last_step_at) WHERE (status = 'active'::text);
CREATE INDEX walk_sessions_ticket ON public.walk_sessions USING btree (tenant_id, account_id, ticket_id);
alter table walk_sessions enable row level security;
alter table walk_sessions force row level security;
create policy walk_sessions_lookup on walk_sessions for select to casework_lookup using (true);
create policy walk_sessions_own on walk_sessions using ((tenant_id = ( SELECT app_tenant() AS app_tenant)) AND (account_id = ( SELECT app_account() AS app_account))) with check ((tenant_id = ( SELECT app_tenant() AS app_tenant)) AND (account_id = ( SELECT app_account() AS app_account)));
create policy walk_sessions_swept on walk_sessions to casework_janitor using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant insert, select, update on walk_sessions to casework_api_writer;
grant select on walk_sessions to casework_api_reader;
grant select (tenant_id, id, version, ticket_id, status, last_step_at) on walk_sessions to casework_janitor;
grant select (tenant_id, status, last_step_at) on walk_sessions to casework_lookup;
grant update (version, status) on walk_sessions to casework_janitor;

create table walk_settings (
  tenant_id uuid not null,
  account_id text not null,
  sessions_creator_only boolean not null,
  constraint walk_settings_pk PRIMARY KEY (tenant_id, account_id),
  constraint walk_settings_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
alter table walk_settings enable row level security;
alter table walk_settings force row level security;
create policy walk_settings_own on walk_settings using ((tenant_id = ( SELECT app_tenant() AS app_tenant)) AND (account_id = ( SELECT app_account() AS app_account))) with check ((tenant_id = ( SELECT app_tenant() AS app_tenant)) AND (account_id = ( SELECT app_account() AS app_account)));
grant insert, select, update on walk_settings to casework_api_writer;
grant select on walk_settings to casework_api_reader;

create table walk_tickets (
  tenant_id uuid not null,
  account_id text not null,
  id uuid not null,
  kind text not null,
  problem_statement text not null,
  customer_name text,
  customer_contact text,
  status text not null,
  created_by text not null,
  created_at timestamp with time zone not null,
  constraint walk_tickets_pk PRIMARY KEY (tenant_id, id),
  constraint walk_tickets_account_key UNIQUE (tenant_id, account_id, id),
  constraint walk_tickets_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint walk_tickets_kind_known CHECK ((kind = ANY (ARRAY['internal'::text, 'psa'::text]))),
  constraint walk_tickets_status_known CHECK ((status = ANY (ARRAY['open'::text, 'resolved'::text, 'escalated'::text])))
);
CREATE INDEX walk_tickets_queue ON public.walk_tickets USING btree (tenant_id, account_id, created_at, id);
CREATE INDEX walk_tickets_status ON public.walk_tickets USING btree (tenant_id, account_id, status, created_at, id);
alter table walk_tickets enable row level security;
alter table walk_tickets force row level security;
create policy walk_tickets_own on walk_tickets using ((tenant_id = ( SELECT app_tenant() AS app_tenant)) AND (account_id = ( SELECT app_account() AS app_account))) with check ((tenant_id = ( SELECT app_tenant() AS app_tenant)) AND (account_id = ( SELECT app_account() AS app_account)));
create policy walk_tickets_swept on walk_tickets to casework_janitor using (tenant_id = ( SELECT app_tenant() AS app_tenant)) with check (tenant_id = ( SELECT app_tenant() AS app_tenant));
grant insert, select, update on walk_tickets to casework_api_writer;
grant select on walk_tickets to casework_api_reader;
grant select (tenant_id, id, status) on walk_tickets to casework_janitor;
grant update (status) on walk_tickets to casework_janitor;

create view case_audit_events with (security_invoker=true) as
 SELECT e.tenant_id,
    e.id,
    e.case_id,
    e.version,
    e.type AS event_type,
    e.actor AS actor_user_id,
    p.payload,
    e.occurred_at AS created_at
   FROM (case_events e
     LEFT JOIN case_event_payloads p USING (tenant_id, case_id, version));
grant select on case_audit_events to casework_api_reader;
grant select on case_audit_events to casework_api_writer;
