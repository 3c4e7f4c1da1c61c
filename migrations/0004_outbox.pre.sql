-- One ordered stream per destination and aggregate. seq is taken under the stream's row lock, so it is gapless and in commit order.
set lock_timeout = '5s';
set statement_timeout = '60s';

create table outbox_streams (
  tenant_id uuid not null constraint outbox_streams_tenant_fk references tenants (id),
  destination text not null,
  aggregate_id uuid not null,
  head_seq bigint not null,
  sent_seq bigint not null default 0,
  attempts bigint not null default 0,
  next_at timestamptz not null default '-infinity',
  lease_token uuid,
  lease_until timestamptz,
  parked_reason text,
  constraint outbox_streams_pk primary key (tenant_id, destination, aggregate_id),
  constraint outbox_streams_sent_within_head check (sent_seq between 0 and head_seq)
);
create index outbox_streams_due on outbox_streams (next_at) where sent_seq < head_seq and parked_reason is null;
create table outbox_events (
  tenant_id uuid not null,
  destination text not null,
  aggregate_id uuid not null,
  seq bigint not null,
  event_id uuid not null,
  type text not null,
  payload jsonb not null,
  created_at timestamptz not null,
  constraint outbox_events_pk primary key (tenant_id, destination, aggregate_id, seq),
  constraint outbox_events_event_key unique (tenant_id, event_id),
  constraint outbox_events_stream_fk foreign key (tenant_id, destination, aggregate_id) references outbox_streams (tenant_id, destination, aggregate_id)
);
create table consumed_events (
  tenant_id uuid not null constraint consumed_events_tenant_fk references tenants (id),
  consumer text not null,
  event_id uuid not null,
  consumed_at timestamptz not null,
  constraint consumed_events_pk primary key (tenant_id, consumer, event_id)
);
alter table outbox_streams enable row level security;
alter table outbox_streams force row level security;
create policy outbox_streams_own on outbox_streams using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
create policy outbox_streams_lookup on outbox_streams for select to casework_lookup using (true);
alter table outbox_events enable row level security;
alter table outbox_events force row level security;
create policy outbox_events_own on outbox_events using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
alter table consumed_events enable row level security;
alter table consumed_events force row level security;
create policy consumed_events_own on consumed_events using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));

grant select, insert, update on outbox_streams to casework_api_writer, casework_mail_sender, casework_webhook_receiver, casework_janitor;
grant insert on outbox_events to casework_api_writer, casework_mail_sender, casework_webhook_receiver, casework_janitor;
grant select, update on outbox_streams to casework_outbox_relay;
grant select on outbox_events to casework_outbox_relay;
grant select, insert on consumed_events to casework_api_writer;
grant select, delete on outbox_events, consumed_events to casework_janitor;
