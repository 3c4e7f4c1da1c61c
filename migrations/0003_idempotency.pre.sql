-- One row per Idempotency-Key, written in the commit of its effect; it names the resource, never the answer's personal data.
set lock_timeout = '5s';
set statement_timeout = '60s';

create table idempotency_keys (
  tenant_id uuid not null constraint idempotency_keys_tenant_fk references tenants (id),
  principal text not null,
  operation text not null,
  key text not null constraint idempotency_keys_key_length check (length(key) between 1 and 255),
  request_mac bytea not null constraint idempotency_keys_mac_length check (length(request_mac) = 32),
  status bigint not null,
  resource text,
  body jsonb,
  created_at timestamptz not null,
  constraint idempotency_keys_pk primary key (tenant_id, principal, operation, key)
);
create index idempotency_keys_created on idempotency_keys (tenant_id, created_at);
alter table idempotency_keys enable row level security;
alter table idempotency_keys force row level security;
create policy idempotency_keys_own on idempotency_keys using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
grant select, insert, update on idempotency_keys to casework_api_writer;
grant select, delete on idempotency_keys to casework_janitor;
