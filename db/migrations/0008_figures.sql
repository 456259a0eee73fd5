-- What falls due and today's figures, kept beside the records they come from. Deferred to the end of the transaction and
-- behind one lock per tenant, so that two requests never wait for each other's counts in a ring.
set local role bima_owner;

create function app.lock_figures(tenant int) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$ select pg_advisory_xact_lock(20817, tenant) $$;

create function app.count_due(tenant int, day date, of_kind smallint, by int) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  insert into app.due_count as c (tenant_id, due_date, kind, n) values ($1, $2, $3, $4)
  on conflict (tenant_id, due_date, kind) do update set n = c.n + excluded.n
$$;

-- day null: nothing is due any more.
create function app.put_due(tenant int, of_kind smallint, row_ bigint, branch bigint, day date) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  was app.due_item;
begin
  select * into was from app.due_item where tenant_id = tenant and kind = of_kind and row_id = row_;
  if (not found and day is null) or (was.is_open and was.due_date = day) or (not was.is_open and day is null) then
    return;
  end if;
  insert into app.due_item (tenant_id, kind, row_id, branch_id, due_date, is_open)
  values (tenant, of_kind, row_, branch, coalesce(day, was.due_date), day is not null)
  on conflict (tenant_id, kind, row_id) do update set branch_id = excluded.branch_id, due_date = excluded.due_date, is_open = excluded.is_open;
  if was.is_open then
    perform app.count_due(tenant, was.due_date, of_kind, -1);
  end if;
  if day is not null then
    perform app.count_due(tenant, day, of_kind, 1);
  end if;
end $$;

create function app.count_day(tenant int, branch bigint, of_kind smallint, by int, money bigint) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  insert into app.day_figure as f (tenant_id, day, branch_id, kind, n, amount) values ($1, app.day(), $2, $3, $4, $5)
  on conflict (tenant_id, day, branch_id, kind) do update set n = f.n + excluded.n, amount = f.amount + excluded.amount
$$;

-- Kind 1: the last day of what a policy has active. Kind 2: a term that waits for money, by the day it should start.
-- Both by the policy's id. Issued and renewed count on the day the cover begins to count: when it was paid.
create function app.figure_term() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  due record;
  branch bigint;
begin
  perform app.lock_figures(new.tenant_id);
  select branch_id into branch from app.policy where tenant_id = new.tenant_id and id = new.policy_id;
  select max(end_date) filter (where state = 4) as ends, min(start_date) filter (where state in (3, 5)) as unpaid into due
    from app.term where tenant_id = new.tenant_id and policy_id = new.policy_id;
  perform app.put_due(new.tenant_id, 1::smallint, new.policy_id, branch, due.ends);
  perform app.put_due(new.tenant_id, 2::smallint, new.policy_id, branch, due.unpaid);
  if tg_op = 'UPDATE' and new.state = 4 and old.state = 3 then
    perform app.count_day(new.tenant_id, branch, case when new.seq = 1 then 1 else 2 end::smallint, 1, new.total);
  end if;
  return null;
end $$;
create constraint trigger y_figures after insert or update on app.term deferrable initially deferred
  for each row execute function app.figure_term();

-- Kind 3: money verified; a reversal is taken off on the day of the reversal.
create function app.figure_receipt() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform app.lock_figures(new.tenant_id);
  if new.state = 2 then
    perform app.count_day(new.tenant_id, new.branch_id, 3::smallint, 1, new.amount);
  else
    perform app.count_day(new.tenant_id, new.branch_id, 3::smallint, -1, -new.amount);
  end if;
  return null;
end $$;
create constraint trigger y_figures after update of state on app.receipt deferrable initially deferred
  for each row when (old.state <> new.state and (new.state = 2 or old.state = 2)) execute function app.figure_receipt();
