-- What the provider told us, who asked not to be written to, and how much was sent today.
set lock_timeout = '5s';
set statement_timeout = '60s';

create table mail_events (
  tenant_id uuid not null constraint mail_events_tenant_fk references tenants (id),
  provider_event_id text not null,
  delivery_id uuid not null,
  kind text not null,
  reason text not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  constraint mail_events_pk primary key (tenant_id, provider_event_id),
  constraint mail_events_delivery_fk foreign key (tenant_id, delivery_id) references case_email_deliveries (tenant_id, delivery_id)
);
create index mail_events_delivery on mail_events (tenant_id, delivery_id);
create table mail_opt_outs (
  tenant_id uuid not null constraint mail_opt_outs_tenant_fk references tenants (id),
  email text not null,
  opted_out_at timestamptz not null,
  constraint mail_opt_outs_pk primary key (tenant_id, email)
);
create table mail_usage (
  tenant_id uuid not null constraint mail_usage_tenant_fk references tenants (id),
  day date not null,
  sender text not null,
  mails bigint not null,
  constraint mail_usage_pk primary key (tenant_id, day, sender)
);
alter table mail_events enable row level security;
alter table mail_events force row level security;
create policy mail_events_own on mail_events using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
alter table mail_opt_outs enable row level security;
alter table mail_opt_outs force row level security;
create policy mail_opt_outs_own on mail_opt_outs using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
alter table mail_usage enable row level security;
alter table mail_usage force row level security;
create policy mail_usage_own on mail_usage using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));

grant select, insert on mail_events to casework_webhook_receiver;
grant select on mail_events to casework_api_reader, casework_api_writer, casework_mail_sender;
grant select, insert on mail_opt_outs to casework_api_writer;
grant select on mail_opt_outs to casework_mail_sender, casework_api_reader;
grant select, insert, update on mail_usage to casework_api_writer;

-- Who arrives with a delivery's id or an opt-out token only, and which tenants have work that is due: tenant ids, and nothing else.
create function tenant_of_delivery(wanted uuid) returns uuid language sql stable security definer set search_path = pg_catalog, public
  as $$ select tenant_id from public.case_email_deliveries where delivery_id = wanted $$;
create function tenant_of_opt_out(wanted uuid) returns uuid language sql stable security definer set search_path = pg_catalog, public
  as $$ select tenant_id from public.case_email_deliveries where opt_out_token = wanted $$;
-- work 'outbox': events are owed (a dead destination's too, so that its age is seen); 'mail': a delivery must be looked at;
-- 'retention': rows older than `at` may be there to be deleted.
create function tenants_with_due_work(work text, at timestamptz) returns setof uuid language sql stable security definer
  set search_path = pg_catalog, public
  as $$
    select tenant_id from public.outbox_streams where work = 'outbox' and sent_seq < head_seq and parked_reason is null
    union
    select tenant_id from public.case_email_deliveries
      where work = 'mail' and status in ('queued', 'sending', 'unknown') and next_attempt_at <= at
    union
    select tenant_id from public.idempotency_keys where work = 'retention' and created_at < at
    union
    select tenant_id from public.outbox_events where work = 'retention' and created_at < at
    union
    select tenant_id from public.consumed_events where work = 'retention' and consumed_at < at
  $$;
grant select (tenant_id, sent_seq, head_seq, parked_reason) on outbox_streams to casework_lookup;
grant select (tenant_id, created_at) on idempotency_keys, outbox_events to casework_lookup;
grant select (tenant_id, consumed_at) on consumed_events to casework_lookup;
create policy idempotency_keys_lookup on idempotency_keys for select to casework_lookup using (true);
create policy outbox_events_lookup on outbox_events for select to casework_lookup using (true);
create policy consumed_events_lookup on consumed_events for select to casework_lookup using (true);
alter function tenant_of_delivery(uuid) owner to casework_lookup;
alter function tenant_of_opt_out(uuid) owner to casework_lookup;
alter function tenants_with_due_work(text, timestamptz) owner to casework_lookup;
revoke all on function tenant_of_delivery(uuid), tenant_of_opt_out(uuid), tenants_with_due_work(text, timestamptz) from public;
grant execute on function tenant_of_delivery(uuid) to casework_webhook_receiver;
grant execute on function tenant_of_opt_out(uuid) to casework_api_reader, casework_api_writer;
grant execute on function tenants_with_due_work(text, timestamptz) to casework_outbox_relay, casework_janitor;
