-- Tokens revoked before they expire. A row may go when its token has expired.
set lock_timeout = '5s';
set statement_timeout = '60s';

create table revoked_tokens (
  tenant_id uuid not null constraint revoked_tokens_tenant_fk references tenants (id),
  jti text not null,
  revoked_at timestamptz not null,
  constraint revoked_tokens_pk primary key (tenant_id, jti)
);
alter table revoked_tokens enable row level security;
alter table revoked_tokens force row level security;
create policy revoked_tokens_own on revoked_tokens using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
grant select on revoked_tokens to casework_api_reader, casework_api_writer;
