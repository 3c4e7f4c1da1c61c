-- Reporters' contacts, encrypted; everything else holds keyed hashes only. No API role may read it back.
set lock_timeout = '5s';
set statement_timeout = '60s';

create table contact_vault (
  tenant_id uuid not null constraint contact_vault_tenant_fk references tenants (id),
  id uuid not null,
  case_id uuid not null,
  ciphertext bytea not null,
  key_id text not null,
  created_at timestamptz not null,
  constraint contact_vault_pk primary key (tenant_id, id),
  constraint contact_vault_case_key unique (tenant_id, case_id)
);
alter table contact_vault enable row level security;
alter table contact_vault force row level security;
create policy contact_vault_own on contact_vault using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
grant insert on contact_vault to casework_api_writer;
