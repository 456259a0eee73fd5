-- For the operator: figures anew after bulk loading, and a search for rows that break a rule of the database.
-- Set-based: minutes for millions of rows. Nobody but the owner runs them.
set local role bima_owner;

-- due_item, due_count and day_figure of one tenant, from the records.
create function app.rebuild_figures(tenant int) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform app.lock_figures(tenant);
  delete from app.due_item where tenant_id = tenant;
  delete from app.due_count where tenant_id = tenant;
  delete from app.day_figure where tenant_id = tenant;
  insert into app.due_item (tenant_id, kind, row_id, branch_id, due_date, is_open)
  select tenant, 1, t.policy_id, p.branch_id, max(t.end_date), true
    from app.term t join app.policy p on p.tenant_id = t.tenant_id and p.id = t.policy_id
   where t.tenant_id = tenant and t.state = 4 group by t.policy_id, p.branch_id
  union all
  select tenant, 2, t.policy_id, p.branch_id, min(t.start_date), true
    from app.term t join app.policy p on p.tenant_id = t.tenant_id and p.id = t.policy_id
   where t.tenant_id = tenant and t.state in (3, 5) group by t.policy_id, p.branch_id;
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

-- Rows of one tenant that break a rule; none in a sound database. For after bulk loading and restoring, and for tests.
create function app.find_violations(tenant int) returns table (rule text, tbl text, row_id bigint)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select 'paid_before_cover', 'term', t.id from app.term t join app.tenant c on c.id = t.tenant_id
   where t.tenant_id = $1 and t.state in (4, 6) and (t.paid < t.total or (t.paid > t.total and not c.over_payment_credit))
  union all
  select 'term_paid', 'term', t.id from app.term t
    left join (select r.term_id, sum(r.amount) as verified from app.receipt r where r.tenant_id = $1 and r.state = 2 group by r.term_id) r
      on r.term_id = t.id
   where t.tenant_id = $1 and t.paid <> coalesce(r.verified, 0)
  union all
  select 'cover_of_paid_term', 'cover', c.id from app.cover c join app.term t on t.tenant_id = c.tenant_id and t.id = c.term_id
   where c.tenant_id = $1 and c.in_force and (t.state not in (4, 6, 7) or c.from_date < t.start_date or c.to_date > t.end_date)
  union all
  select 'active_term_covers', 'term', t.id from app.term t
   where t.tenant_id = $1 and t.state = 4
     and not exists (select from app.cover c where c.tenant_id = $1 and c.term_id = t.id and c.in_force)
  union all
  select 'one_active_cover', 'cover', id from (
    select id, from_date <= lag(to_date) over (partition by vehicle_id order by from_date, to_date) as crosses
      from app.cover where tenant_id = $1 and in_force) as c where crosses
  union all
  select 'renewal_follows', 'term', id from (
    select id, start_date <= lag(end_date) over (partition by policy_id order by seq) as crosses
      from app.term where tenant_id = $1 and state in (4, 5, 6)) as t where crosses
  union all
  select 'term_seq', 'term', id from (
    select id, seq, row_number() over (partition by policy_id order by seq) as place from app.term where tenant_id = $1) as t where seq <> place
  union all
  select 'one_open_term', 'policy', policy_id from app.term where tenant_id = $1 and state in (1, 2, 3) group by policy_id having count(*) > 1
  union all
  select 'policy_mirrored', 'policy', p.id from app.policy p
    left join (select t.policy_id, coalesce((array_agg(t.state order by t.state <> 4, t.state <> 5, t.state = 8, t.seq desc))[1], 8) as state
                 from app.term t where t.tenant_id = $1 group by t.policy_id) t on t.policy_id = p.id
   where p.tenant_id = $1 and p.state is distinct from t.state
  union all
  select 'ownership_whole', 'ownership', id from (
    select id, to_date, lead(from_date) over (partition by vehicle_id order by from_date, to_date nulls last, id) as next_from
      from app.ownership where tenant_id = $1) as o where to_date is distinct from next_from
  union all
  select 'owner_mirrored', 'vehicle', v.id from app.vehicle v
    left join app.ownership o on o.tenant_id = v.tenant_id and o.vehicle_id = v.id and o.to_date is null
   where v.tenant_id = $1 and v.owner_id is distinct from o.customer_id
  union all
  select 'certificate_of_cover', 'certificate', k.id from app.certificate k
    join app.cover c on c.tenant_id = k.tenant_id and c.id = k.cover_id
    join app.term t on t.tenant_id = k.tenant_id and t.id = k.term_id
   where k.tenant_id = $1 and k.state = 1
     and (not c.in_force or t.state not in (4, 6) or (k.from_date, k.to_date) is distinct from (c.from_date, c.to_date))
  union all
  select 'receipt_serials', 'receipt', id from (
    select id, serial, row_number() over (partition by branch_id, year order by serial) as place from app.receipt where tenant_id = $1) as r
   where serial <> place
  union all
  select 'receipt_serials', 'counter', k.branch_id from app.counter k
    left join (select branch_id, year, max(serial) as highest from app.receipt where tenant_id = $1 group by 1, 2) r
      on r.branch_id = k.branch_id and r.year = k.period
   where k.tenant_id = $1 and k.kind = 'receipt' and k.n is distinct from r.highest
  union all
  select 'four_eyes', 'receipt', r.id from app.receipt r join app.tenant c on c.id = r.tenant_id
   where r.tenant_id = $1 and r.state in (2, 4) and r.verified_by = r.taken_by and r.amount > c.four_eyes_minor
  union all
  select 'due_counted', 'due_count', c.found from (
    select coalesce(i.kind, c.kind)::bigint as found from
      (select due_date, kind, count(*) as n from app.due_item where tenant_id = $1 and is_open group by 1, 2) i
      full join (select * from app.due_count where tenant_id = $1 and n <> 0) c on c.due_date = i.due_date and c.kind = i.kind
     where i.n is distinct from c.n) as c
$$;
