-- Tenants, the capability roles, and the wall between tenants: every table forces row-level security on app_tenant().
set lock_timeout = '5s';
set statement_timeout = '60s';

create extension if not exists btree_gist;

do $$
declare
  capability text;
begin
  foreach capability in array array['api_reader', 'api_writer', 'mail_sender', 'outbox_relay', 'webhook_receiver', 'janitor'] loop
    if not exists (select from pg_roles where rolname = 'casework_' || capability) then
      execute format('create role casework_%s login noinherit', capability);
    end if;
    execute format('alter role casework_%s set statement_timeout = %L', capability, '20s');
    execute format('alter role casework_%s set lock_timeout = %L', capability, '10s');
    execute format('alter role casework_%s set idle_in_transaction_session_timeout = %L', capability, '60s');
    execute format('alter role casework_%s set timezone = %L', capability, 'UTC');
  end loop;
  if not exists (select from pg_roles where rolname = 'casework_lookup') then
    create role casework_lookup nologin;
  end if;
  execute format('grant casework_lookup to %I', current_user);
end $$;

revoke create on schema public from public;

-- The tenant of the running transaction; null outside one, so nothing is visible.
create function app_tenant() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.tenant_id', true), '')::uuid $$;

create table tenants (
  id uuid constraint tenants_pk primary key,
  slug text not null constraint tenants_slug_key unique constraint tenants_slug_form check (slug ~ '^[a-z][a-z0-9-]{1,62}$'),
  name text not null,
  kind text not null constraint tenants_kind_known check (kind in ('city', 'support_desk', 'operations')),
  default_roles text[] not null default '{}',
  default_account_id text not null default 'main',
  created_at timestamptz not null
);
alter table tenants enable row level security;
alter table tenants force row level security;
create policy tenants_own on tenants using (id = (select app_tenant())) with check (id = (select app_tenant()));
create policy tenants_lookup on tenants for select to casework_lookup using (true);
grant select (id, slug) on tenants to casework_lookup;
grant select on tenants to casework_api_reader, casework_api_writer;

-- Who arrives with a slug or an id only: a tenant id, and nothing else.
create function tenant_of_slug(wanted text) returns uuid language sql stable security definer set search_path = pg_catalog, public
  as $$ select id from public.tenants where slug = wanted or id::text = wanted $$;
alter function tenant_of_slug(text) owner to casework_lookup;
revoke all on function tenant_of_slug(text) from public;
grant execute on function tenant_of_slug(text) to casework_api_reader, casework_api_writer;
