-- Home keeps itself: what changed is told to the sessions that look at it. And alerts: what is due as records, which each
-- person acknowledges or puts off for himself.
set local role bima_owner;
select set_config('app.actor', 'service', true), set_config('app.action', 'migrate', true);

-- ---------------------------------------------------------------- what changed, for the jobs process to pass on
-- Written in the transaction of the change, behind the company's lock of figures: so the numbers of one company rise in the
-- order in which its changes became visible. `topic`: 1 cover ends 2 unpaid term 3 receipt waits 4 figures of a day 5 who may
-- what 6 a person's own alerts 7 everything (a new day, bulk loading).
create table app.outbox (
  tenant_id   int not null,
  seq         bigint generated always as identity,
  xid         xid8 not null default pg_current_xact_id(),
  at          timestamptz not null default now(),
  topic       smallint not null,
  branch_id   bigint,
  customer_id bigint,
  user_id     bigint,
  due_date    date,                                         -- the earliest day concerned
  primary key (tenant_id, seq),
  constraint topic_known check (topic between 1 and 7)
);
create index outbox_by_xid on app.outbox (xid, seq);

-- The day each company's home was last told of.
create table app.told_day (
  tenant_id int primary key,
  day       date not null
);

-- What a person did with an alert: 1 acknowledged 2 put off. It stands while the alert is due on the same day, until `until`;
-- null: for good.
create table app.alert_mark (
  tenant_id int not null,
  user_id   bigint not null,
  alert_id  bigint not null,
  state     smallint not null,
  due_date  date not null,
  until     date,
  at        timestamptz not null default now(),
  primary key (tenant_id, user_id, alert_id),
  constraint state_known check (state in (1, 2)),
  constraint no_platform_business check (tenant_id > 0)
);
-- When a person last looked at the alerts.
create table app.alert_seen (
  tenant_id int not null,
  user_id   bigint not null,
  at        timestamptz not null default now(),
  primary key (tenant_id, user_id),
  constraint no_platform_business check (tenant_id > 0)
);

do $$
declare
  t text;
begin
  foreach t in array array['outbox', 'told_day', 'alert_mark', 'alert_seen'] loop
    execute format('alter table app.%I enable row level security', t);
    execute format('alter table app.%I force row level security', t);
    execute format('create policy owner_all on app.%I to bima_owner using (true) with check (true)', t);
    execute format('create policy own_tenant on app.%I to bima_worker, bima_jobs using (tenant_id = current_setting(''app.tenant_id'')::int) '
                   'with check (tenant_id = current_setting(''app.tenant_id'')::int)', t);
  end loop;
  foreach t in array array['alert_mark', 'alert_seen'] loop
    execute format('create policy company_rows on app.%I as restrictive to bima_worker using (tenant_id > 0) with check (tenant_id > 0)', t);
    execute format('create policy own_marks on app.%I as restrictive to bima_worker using (user_id = (select app.user_id())) '
                   'with check (user_id = (select app.user_id()))', t);
    execute format('grant select, insert on app.%I to bima_worker', t);
  end loop;
end $$;
grant update (state, due_date, until, at) on app.alert_mark to bima_worker;
grant update (at) on app.alert_seen to bima_worker;

-- ---------------------------------------------------------------- due things as records
alter table app.due_item drop constraint kind_known;
alter table app.due_item
  add column id         bigint generated always as (row_id * 8 + kind) stored,
  add column receipt_id bigint generated always as (case when kind = 3 then row_id end) stored,
  add column policy_id  bigint,
  add column at         timestamptz not null default now(), -- since when it is due on that day
  add constraint kind_known check (kind in (1, 2, 3));        -- 3: a receipt that waits for its approval, by its day
update app.due_item set policy_id = row_id;
alter table app.due_item alter column policy_id set not null;
create unique index due_item_id on app.due_item (tenant_id, id);
create index due_item_by_time on app.due_item (tenant_id, at) where is_open;
create index due_item_by_day on app.due_item (tenant_id, due_date, id) where is_open;

drop policy scope on app.due_item;
create policy scope on app.due_item as restrictive for select to bima_worker using (
  (select app.sees()) <> 'part'
  or ((select app.scope()) = 'branch' and branch_id = (select app.scope_id()))
  or ((select app.scope()) = 'customer' and kind < 3
      and exists (select from app.policy p where p.tenant_id = due_item.tenant_id and p.id = due_item.policy_id)));

create view app.alert with (security_invoker = true) as
  select tenant_id, id, 1 as version, kind, due_date, policy_id, receipt_id, branch_id, at from app.due_item where is_open;
grant select on app.alert to bima_worker, bima_jobs;
grant update (at) on app.alert, app.due_item to bima_worker; -- an action locks its record

create or replace function app.put_due(tenant int, of_kind smallint, row_ bigint, branch bigint, day date) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  was app.due_item;
  policy bigint := case when of_kind = 3 then (select r.policy_id from app.receipt r where r.tenant_id = tenant and r.id = row_) else row_ end;
begin
  select * into was from app.due_item where tenant_id = tenant and kind = of_kind and row_id = row_;
  if (not found and day is null) or (was.is_open and was.due_date = day) or (not was.is_open and day is null) then
    return;
  end if;
  insert into app.due_item (tenant_id, kind, row_id, policy_id, branch_id, due_date, is_open)
  values (tenant, of_kind, row_, policy, branch, coalesce(day, was.due_date), day is not null)
  on conflict (tenant_id, kind, row_id) do update
    set policy_id = excluded.policy_id, branch_id = excluded.branch_id, due_date = excluded.due_date, is_open = excluded.is_open, at = now();
  if was.is_open then
    perform app.count_due(tenant, was.due_date, of_kind, -1);
  end if;
  if day is not null then
    perform app.count_due(tenant, day, of_kind, 1);
  end if;
end $$;

-- Kind 3: a receipt that is recorded waits for somebody to verify it.
create function app.figure_waiting() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  waits date;
begin
  perform app.lock_figures(new.tenant_id);
  select r.paid_on into waits from app.receipt r where r.tenant_id = new.tenant_id and r.id = new.id and r.state = 1;
  perform app.put_due(new.tenant_id, 3::smallint, new.id, new.branch_id, waits);
  return null;
end $$;
create constraint trigger y_waiting after insert or update of state on app.receipt deferrable initially deferred
  for each row execute function app.figure_waiting();

create or replace function app.rebuild_figures(tenant int) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform app.lock_figures(tenant);
  delete from app.due_item where tenant_id = tenant;
  delete from app.due_count where tenant_id = tenant;
  delete from app.day_figure where tenant_id = tenant;
  insert into app.due_item (tenant_id, kind, row_id, policy_id, branch_id, due_date, is_open)
  select tenant, 1, t.policy_id, t.policy_id, p.branch_id, max(t.end_date), true
    from app.term t join app.policy p on p.tenant_id = t.tenant_id and p.id = t.policy_id
   where t.tenant_id = tenant and t.state = 4 group by t.policy_id, p.branch_id
  union all
  select tenant, 2, t.policy_id, t.policy_id, p.branch_id, min(t.start_date), true
    from app.term t join app.policy p on p.tenant_id = t.tenant_id and p.id = t.policy_id
   where t.tenant_id = tenant and t.state in (3, 5) group by t.policy_id, p.branch_id
  union all
  select tenant, 3, r.id, r.policy_id, r.branch_id, r.paid_on, true from app.receipt r where r.tenant_id = tenant and r.state = 1;
  insert into app.due_count (tenant_id, due_date, kind, n)
  select tenant, due_date, kind, count(*) from app.due_item where tenant_id = tenant and is_open group by due_date, kind;
  insert into app.day_figure (tenant_id, day, branch_id, kind, n, amount)
  select tenant, (t.activated_at at time zone c.timezone)::date, p.branch_id, case when t.seq = 1 then 1 else 2 end, count(*), sum(t.total)
    from app.term t join app.policy p on p.tenant_id = t.tenant_id and p.id = t.policy_id join app.tenant c on c.id = t.tenant_id
   where t.tenant_id = tenant and t.activated_at is not null group by 2, 3, 4
  union all
  select tenant, day, branch_id, 3, sum(sign), sum(sign * amount)
    from (select (verified_at at time zone c.timezone)::date as day, branch_id, 1 as sign, amount
            from app.receipt r join app.tenant c on c.id = r.tenant_id where r.tenant_id = tenant and r.state in (2, 4)
          union all
          select (r.updated_at at time zone c.timezone)::date, branch_id, -1, amount
            from app.receipt r join app.tenant c on c.id = r.tenant_id where r.tenant_id = tenant and r.state = 4) as v
   group by 2, 3;
end $$;

insert into app.due_item (tenant_id, kind, row_id, policy_id, branch_id, due_date, is_open)
  select tenant_id, 3, id, policy_id, branch_id, paid_on, true from app.receipt where state = 1;
insert into app.due_count (tenant_id, due_date, kind, n)
  select tenant_id, due_date, kind, count(*) from app.due_item where kind = 3 group by tenant_id, due_date, kind;

-- ---------------------------------------------------------------- telling
create function app.tell(tenant int, of_topic int, branch bigint default null, customer bigint default null, "user" bigint default null)
returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform app.lock_figures(tenant);
  insert into app.outbox (tenant_id, topic, branch_id, customer_id, user_id) values (tenant, of_topic, branch, customer, "user");
end $$;

-- Only what falls due in the days that home shows concerns anybody's home; of a bulk of rows, that there were many.
create function app.tell_due() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  many constant int := 500;
begin
  if tg_op = 'INSERT' then
    if (select count(*) from (select from added limit many) as x) = many then
      insert into app.outbox (tenant_id, topic) select distinct tenant_id, 7 from added;
    else
      insert into app.outbox (tenant_id, topic, branch_id, customer_id, due_date)
      select a.tenant_id, a.kind, a.branch_id, p.customer_id, min(a.due_date)
        from added a left join app.policy p on p.tenant_id = a.tenant_id and p.id = a.policy_id
       where a.is_open and a.due_date <= current_date + 32 group by a.tenant_id, a.kind, a.branch_id, p.customer_id;
    end if;
  elsif (select count(*) from (select from added limit many) as x) = many then
    insert into app.outbox (tenant_id, topic) select distinct tenant_id, 7 from added;
  else
    insert into app.outbox (tenant_id, topic, branch_id, customer_id, due_date)
    select a.tenant_id, a.kind, a.branch_id, p.customer_id, min(a.due_date)
      from (select * from added union all select * from was) a
      left join app.policy p on p.tenant_id = a.tenant_id and p.id = a.policy_id
     where a.is_open and a.due_date <= current_date + 32 group by a.tenant_id, a.kind, a.branch_id, p.customer_id;
  end if;
  return null;
end $$;
create trigger z_tell_added after insert on app.due_item referencing new table as added
  for each statement execute function app.tell_due();
create trigger z_tell_changed after update on app.due_item referencing old table as was new table as added
  for each statement execute function app.tell_due();

create function app.tell_figures() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into app.outbox (tenant_id, topic, branch_id)
  select distinct tenant_id, 4, branch_id from added where day >= current_date - 1;
  return null;
end $$;
create trigger z_tell_added after insert on app.day_figure referencing new table as added
  for each statement execute function app.tell_figures();
create trigger z_tell_changed after update on app.day_figure referencing new table as added
  for each statement execute function app.tell_figures();

-- Who may see what has changed: nobody is told anything more before he was asked again who he is.
create function app.tell_rights() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform app.tell(case tg_table_name when 'tenant' then (to_jsonb(new) ->> 'id')::int else (to_jsonb(new) ->> 'tenant_id')::int end, 5,
                   "user" => case tg_table_name when 'user_account' then (to_jsonb(new) ->> 'id')::bigint end);
  return null;
end $$;
create constraint trigger z_tell after update on app.user_account deferrable initially deferred for each row
  when ((old.role_id, old.branch_id, old.customer_id, old.is_active) is distinct from (new.role_id, new.branch_id, new.customer_id, new.is_active))
  execute function app.tell_rights();
create constraint trigger z_tell after update on app.role deferrable initially deferred for each row
  when ((old.permissions, old.branch_scope, old.own_records, old.is_active) is distinct from
        (new.permissions, new.branch_scope, new.own_records, new.is_active))
  execute function app.tell_rights();
create constraint trigger z_tell after update on app.tenant deferrable initially deferred for each row
  when ((old.modules_off, old.manager_staff, old.status, old.timezone) is distinct from (new.modules_off, new.manager_staff, new.status, new.timezone))
  execute function app.tell_rights();

create function app.tell_marks() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform app.tell(new.tenant_id, 6, "user" => new.user_id);
  return null;
end $$;
create constraint trigger z_tell after insert or update on app.alert_mark deferrable initially deferred
  for each row execute function app.tell_marks();

-- ---------------------------------------------------------------- for the jobs process
-- What came behind a place, of finished transactions; `settled`: nothing can come before it any more.
create function app.outbox_after(from_xid bigint, from_seq bigint)
returns table (seq bigint, xid bigint, settled boolean, tenant_id int, topic int, branch_id bigint, customer_id bigint, user_id bigint, due_date date)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select o.seq, o.xid::text::bigint, o.xid < pg_snapshot_xmin(pg_current_snapshot()), o.tenant_id, o.topic::int, o.branch_id, o.customer_id,
         o.user_id, o.due_date
    from app.outbox o where (o.xid, o.seq) > ($1::text::xid8, $2) order by o.xid, o.seq limit 5000
$$;

-- Where a process that starts begins: what is older than a few minutes was told by the one before it.
create function app.outbox_start() returns table (xid bigint, seq bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce(o.xid::text::bigint, 0), coalesce(o.seq, 0)
    from (values (1)) as one left join lateral
         (select x.xid, x.seq from app.outbox x where x.at < now() - interval '3 minutes' order by x.xid desc, x.seq desc limit 1) as o on true
$$;

-- Companies whose day has turned are told so; what was told long ago is dropped. Returns how many companies there were.
create function app.turn_days(on_day date default null) returns bigint
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  delete from app.outbox where at < now() - interval '1 hour';
  with turned as (
    insert into app.told_day as d (tenant_id, day)
    select t.id, coalesce($1, (now() at time zone t.timezone)::date) from app.tenant t left join app.told_day k on k.tenant_id = t.id
     where t.status = 1 and k.day is distinct from coalesce($1, (now() at time zone t.timezone)::date)
    on conflict (tenant_id) do update set day = excluded.day
    returning tenant_id),
  told as (insert into app.outbox (tenant_id, topic) select tenant_id, 7 from turned returning 1)
  select count(*) from told
$$;

revoke all on function app.figure_waiting(), app.tell(int, int, bigint, bigint, bigint), app.tell_due(), app.tell_figures(), app.tell_rights(),
  app.tell_marks(), app.outbox_after(bigint, bigint), app.outbox_start(), app.turn_days(date) from public;
grant execute on function app.outbox_after(bigint, bigint), app.outbox_start(), app.turn_days(date) to bima_jobs;
