-- Areas of responsibility and the people of each who agreed to be told.
set lock_timeout = '5s';
set statement_timeout = '60s';

create table areas (
  tenant_id uuid not null constraint areas_tenant_fk references tenants (id),
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
  created_at timestamptz not null,
  constraint areas_pk primary key (tenant_id, id),
  constraint areas_key_key unique (tenant_id, key)
);
create table area_contacts (
  tenant_id uuid not null,
  area_id uuid not null,
  email text not null constraint area_contacts_email_length check (length(email) <= 255),
  organization text not null,
  role text not null,
  consent_report boolean not null,
  constraint area_contacts_pk primary key (tenant_id, area_id, email),
  constraint area_contacts_area_fk foreign key (tenant_id, area_id) references areas (tenant_id, id) on delete cascade
);
alter table areas enable row level security;
alter table areas force row level security;
create policy areas_own on areas using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
alter table area_contacts enable row level security;
alter table area_contacts force row level security;
create policy area_contacts_own on area_contacts using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
grant select on areas, area_contacts to casework_api_reader, casework_api_writer;
