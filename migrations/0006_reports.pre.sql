-- Reports as they came, with exact positions (the only table that keeps them), and one machine reading per language.
set lock_timeout = '5s';
set statement_timeout = '60s';

create table reports (
  tenant_id uuid not null constraint reports_tenant_fk references tenants (id),
  seq bigint generated always as identity,
  public_id text not null,
  external_id text constraint reports_external_id_length check (length(external_id) between 1 and 255),
  reporter_id text not null,
  team bigint not null default 0,
  latitude double precision not null constraint reports_latitude_on_globe check (latitude between -90 and 90),
  longitude double precision not null constraint reports_longitude_on_globe check (longitude between -180 and 180),
  observed_at timestamptz not null,
  received_at timestamptz not null,
  description text not null default '',
  source_url text,
  is_active boolean not null default true,
  is_public boolean not null default true,
  last_email_sent_at timestamptz,
  constraint reports_pk primary key (tenant_id, seq),
  constraint reports_public_id_key unique (tenant_id, public_id),
  constraint reports_external_id_key unique (tenant_id, external_id)
);
-- Plain comparisons, because row-level security bars operators that are not leakproof (point <@ box) from indexes.
create index reports_place on reports (tenant_id, latitude, longitude) where is_active and is_public;
create index reports_reporter on reports (tenant_id, reporter_id, seq);
create table report_analyses (
  tenant_id uuid not null,
  report_seq bigint not null,
  language text not null constraint report_analyses_language_form check (language ~ '^[a-z]{2,3}$'),
  source text not null,
  classification text not null constraint report_analyses_classification_known check (classification in ('physical', 'digital')),
  title text not null default '',
  summary text not null default '',
  description text not null default '',
  analysis_text text not null default '',
  brand_name text not null default '',
  brand_display_name text not null default '',
  severity_level double precision not null constraint report_analyses_severity_range check (severity_level between 0 and 1),
  litter_probability double precision not null default 0,
  hazard_probability double precision not null default 0,
  digital_bug_probability double precision not null default 0,
  inferred_contact_emails text[] not null default '{}',
  tokens text[] not null,
  is_valid boolean not null default true,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint report_analyses_pk primary key (tenant_id, report_seq, language),
  constraint report_analyses_report_fk foreign key (tenant_id, report_seq) references reports (tenant_id, seq) on delete cascade
);
alter table reports enable row level security;
alter table reports force row level security;
create policy reports_own on reports using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
alter table report_analyses enable row level security;
alter table report_analyses force row level security;
create policy report_analyses_own on report_analyses using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
grant select on reports, report_analyses to casework_api_reader;
grant select, insert on reports, report_analyses to casework_api_writer;
