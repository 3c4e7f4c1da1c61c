-- The twelve case types with their defaults (enumerations B-1), keyed by tenant so that another kind of tenant may have others.
set lock_timeout = '5s';
set statement_timeout = '60s';

create table case_types (
  tenant_id uuid not null constraint case_types_tenant_fk references tenants (id),
  code text not null,
  title_th text not null,
  title_en text not null,
  title_zh text not null,
  default_alert_level text not null constraint case_types_alert_level_known check (default_alert_level in ('L0', 'L1', 'L2', 'L3')),
  default_severity text not null constraint case_types_severity_known check (default_severity in ('critical', 'high', 'medium', 'low')),
  lead_body text not null,
  resolve_days bigint not null,
  sensitive_by_default boolean not null default false,
  constraint case_types_pk primary key (tenant_id, code)
);
alter table case_types enable row level security;
alter table case_types force row level security;
create policy case_types_own on case_types using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
grant select on case_types to casework_api_reader, casework_api_writer;
