-- Rules over several rows and over time. What can be told at once is told by a BEFORE trigger; what must hold of the
-- finished transaction is a deferred constraint trigger: a write ends with `set constraints all immediate`, so that a
-- refusal comes back as that statement's error. Every refusal is 23514 and names its rule as the constraint.
-- The checks are definer functions with the tenant of the row in hand: they see the rows whatever the setting says.
-- Lock order everywhere: vehicles by id, then policy, then term, then receipt, counters last.
set local role bima_owner;

create function app.refuse(rule text, tbl text, message text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception '%', message using errcode = 'check_violation', constraint = rule, table = tbl, schema = 'app';
end $$;

-- The day of the request; the server's own where no preamble ran (work on the server machine).
create function app.day() returns date
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(nullif(current_setting('app.today', true), '')::date, current_date)
$$;

-- Ownership: ends once, and is otherwise what it was. ---------------------------------------------------------------
create function app.guard_ownership() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if (new.vehicle_id, new.customer_id, new.from_date) is distinct from (old.vehicle_id, old.customer_id, old.from_date)
     or (old.to_date is not null and new.to_date is distinct from old.to_date) then
    perform app.refuse('ownership_fixed', 'ownership', 'an ownership that was recorded only ends, once');
  end if;
  return new;
end $$;
create trigger b_guard before update on app.ownership for each row execute function app.guard_ownership();

create function app.mirror_owner() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update app.vehicle set owner_id = new.customer_id
   where tenant_id = new.tenant_id and id = new.vehicle_id and owner_id <> new.customer_id;
  return null;
end $$;
create trigger m_owner after insert on app.ownership for each row when (new.to_date is null) execute function app.mirror_owner();

-- At commit: spans follow each other without a gap, the last is open, and the vehicle names its owner.
create function app.check_ownership() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  of_vehicle bigint := case tg_table_name when 'vehicle' then new.id else (to_jsonb(new) ->> 'vehicle_id')::bigint end;
  current_owner bigint;
begin
  perform from (select to_date, lead(from_date) over (order by from_date, to_date nulls last, id) as next_from
                  from app.ownership where tenant_id = new.tenant_id and vehicle_id = of_vehicle) as o
    where to_date is distinct from next_from;
  if found then
    perform app.refuse('ownership_whole', 'ownership', 'the owners of a vehicle follow each other without a gap');
  end if;
  select customer_id into current_owner from app.ownership
   where tenant_id = new.tenant_id and vehicle_id = of_vehicle and to_date is null;
  perform from app.vehicle where tenant_id = new.tenant_id and id = of_vehicle and owner_id is distinct from current_owner;
  if found then
    perform app.refuse('owner_mirrored', 'vehicle', 'the owner of a vehicle is the one its ownership names');
  end if;
  return null;
end $$;
create constraint trigger x_ownership after insert or update on app.ownership deferrable initially deferred
  for each row execute function app.check_ownership();
create constraint trigger x_ownership after insert or update of owner_id on app.vehicle deferrable initially deferred
  for each row execute function app.check_ownership();

-- Policy: state and days are those of its terms. -----------------------------------------------------------------------
create function app.guard_policy() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    if new.state not in (1, 2, 3) then
      perform app.refuse('policy_state', 'policy', 'a new policy is a draft, quoted or awaiting payment');
    end if;
    new.start_date := null;
    new.end_date := null;
  elsif (new.number, new.vehicle_id) is distinct from (old.number, old.vehicle_id) then
    perform app.refuse('policy_fixed', 'policy', 'a policy keeps its number and its vehicle');
  end if;
  return new;
end $$;
create trigger b_guard before insert or update on app.policy for each row execute function app.guard_policy();

-- The state a policy shows: the running term's, else a suspended one's, else the latest that was not voided.
create function app.policy_state(tenant int, policy bigint) returns smallint
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce((array_agg(state order by state <> 4, state <> 5, state = 8, seq desc))[1], 8::smallint)
    from app.term where tenant_id = $1 and policy_id = $2
$$;

create function app.mirror_policy() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  shown smallint := app.policy_state(new.tenant_id, new.policy_id);
  ran record;
begin
  select start_date, end_date into ran from app.term
   where tenant_id = new.tenant_id and policy_id = new.policy_id and activated_at is not null order by seq desc limit 1;
  update app.policy p set state = shown, start_date = ran.start_date, end_date = ran.end_date
   where p.tenant_id = new.tenant_id and p.id = new.policy_id
     and (p.state, p.start_date, p.end_date) is distinct from (shown, ran.start_date, ran.end_date);
  return null;
end $$;
create trigger m_policy after insert or update of state, start_date, end_date, activated_at on app.term
  for each row execute function app.mirror_policy();

create function app.check_policy() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from app.policy p
    where p.tenant_id = new.tenant_id and p.id = new.id
      and (p.state <> app.policy_state(p.tenant_id, p.id)
           or not exists (select from app.term t where t.tenant_id = p.tenant_id and t.policy_id = p.id));
  if found then
    perform app.refuse('policy_mirrored', 'policy', 'a policy has a term and shows its state');
  end if;
  return null;
end $$;
create constraint trigger x_policy after insert or update on app.policy deferrable initially deferred
  for each row execute function app.check_policy();

-- Term: draft, quoted, awaiting payment, active, suspended, expired, cancelled, void. --------------------------------
create function app.term_may_become(old_state smallint, new_state smallint) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case old_state when 1 then new_state in (2, 8)
                        when 2 then new_state in (3, 8)
                        when 3 then new_state in (4, 8)
                        when 4 then new_state in (5, 6, 7)
                        when 5 then new_state in (4, 7)
                        else false end
$$;

-- A term that runs starts after every other run of the policy has ended.
create function app.guard_term_days(of_tenant int, of_policy bigint, but_term bigint, starts date) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform from app.term
    where tenant_id = of_tenant and policy_id = of_policy and id <> but_term and state in (4, 5, 6) and end_date >= starts;
  if found then
    perform app.refuse('renewal_follows', 'term', 'a renewal starts after the last day of the term before');
  end if;
end $$;

create function app.guard_term_insert() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if new.state not in (1, 2, 3) then
    perform app.refuse('term_state', 'term', 'a new term is a draft, quoted or awaiting payment');
  end if;
  if new.seq <> 1 + coalesce((select max(seq) from app.term where tenant_id = new.tenant_id and policy_id = new.policy_id), 0) then
    perform app.refuse('term_seq', 'term', 'the terms of a policy are numbered without a gap');
  end if;
  new.paid := 0;
  new.activated_at := null;
  perform app.guard_term_days(new.tenant_id, new.policy_id, new.id, new.start_date);
  return new;
end $$;
create trigger b_guard_insert before insert on app.term for each row execute function app.guard_term_insert();

create function app.guard_term_update() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if (new.policy_id, new.seq) is distinct from (old.policy_id, old.seq) then
    perform app.refuse('term_fixed', 'term', 'a term keeps its policy and its number');
  end if;
  if old.state >= 3 and (new.total, new.premium, new.levy, new.tax, new.sum_insured, new.rate_id, new.months)
       is distinct from (old.total, old.premium, old.levy, old.tax, old.sum_insured, old.rate_id, old.months) then
    perform app.refuse('term_price_fixed', 'term', 'what a term costs is fixed when it is issued');
  end if;
  if old.state >= 4 and (new.start_date, new.end_date, new.activated_at)
       is distinct from (old.start_date, old.end_date, old.activated_at) then
    perform app.refuse('term_days_fixed', 'term', 'the days of a term are fixed when it becomes active');
  end if;
  if new.state <> old.state then
    if not app.term_may_become(old.state, new.state) then
      perform app.refuse('term_state', 'term', format('a term can''t go from state %s to state %s', old.state, new.state));
    end if;
    if new.state = 6 and new.end_date >= app.day() then
      perform app.refuse('term_not_over', 'term', 'a term expires after its last day');
    end if;
    if new.state = 4 and old.state = 3 then
      new.activated_at := coalesce(new.activated_at, now());
    end if;
  end if;
  if (new.state, new.start_date) is distinct from (old.state, old.start_date) and new.state in (1, 2, 3, 4) then
    perform app.guard_term_days(new.tenant_id, new.policy_id, new.id, new.start_date);
  end if;
  return new;
end $$;
create trigger b_guard_update before update on app.term for each row execute function app.guard_term_update();

-- At commit: paid before cover, to the cent, and cover for what was paid.
create function app.check_term() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  t app.term;
  verified bigint;
begin
  select * into t from app.term where tenant_id = new.tenant_id and id = new.id;
  select coalesce(sum(amount), 0) into verified from app.receipt where tenant_id = t.tenant_id and term_id = t.id and state = 2;
  if t.paid <> verified then
    perform app.refuse('term_paid', 'term', 'what is paid is the sum of the verified receipts');
  end if;
  if t.state in (4, 6) and (t.paid < t.total or (t.paid > t.total
       and not (select over_payment_credit from app.tenant where id = t.tenant_id))) then
    perform app.refuse('paid_before_cover', 'term', format('no cover before it is paid: %s of %s', t.paid, t.total));
  end if;
  perform from app.cover c
    where c.tenant_id = t.tenant_id and c.term_id = t.id and c.in_force
      and (t.state not in (4, 6, 7) or c.from_date < t.start_date or c.to_date > t.end_date
           or (t.state = 7 and c.to_date > app.day()));
  if found then
    perform app.refuse('cover_of_paid_term', 'cover', 'a cover is in force only within the days of a paid term');
  end if;
  if t.state = 4 and not exists (select from app.cover c where c.tenant_id = t.tenant_id and c.term_id = t.id and c.in_force) then
    perform app.refuse('active_term_covers', 'term', 'an active term has a cover in force');
  end if;
  if t.state not in (4, 6) and exists (select from app.certificate c where c.tenant_id = t.tenant_id and c.term_id = t.id and c.state = 1) then
    perform app.refuse('certificate_of_cover', 'certificate', 'a certificate is withdrawn when its cover ends early');
  end if;
  return null;
end $$;
create constraint trigger x_term after insert or update on app.term deferrable initially deferred
  for each row execute function app.check_term();

-- Cover: what it covers is fixed; while it is in force its term can't change under it. ---------------------------------
create function app.guard_cover() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'UPDATE' and (new.policy_id, new.term_id, new.vehicle_id) is distinct from (old.policy_id, old.term_id, old.vehicle_id) then
    perform app.refuse('cover_fixed', 'cover', 'a cover keeps its policy, its term and its vehicle');
  end if;
  if new.in_force then
    perform from app.term where tenant_id = new.tenant_id and id = new.term_id for share;
  end if;
  return new;
end $$;
create trigger b_guard before insert or update on app.cover for each row execute function app.guard_cover();

create function app.check_cover() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from app.cover c join app.term t on t.tenant_id = c.tenant_id and t.id = c.term_id
    where c.tenant_id = new.tenant_id and c.id = new.id
      and ((c.in_force and (t.state not in (4, 6, 7) or c.from_date < t.start_date or c.to_date > t.end_date
                            or (t.state = 7 and c.to_date > app.day())))
           or (t.state = 4 and not exists (select from app.cover o
                                            where o.tenant_id = t.tenant_id and o.term_id = t.id and o.in_force)));
  if found then
    perform app.refuse('cover_of_paid_term', 'cover', 'a cover is in force only within the days of a paid term');
  end if;
  return null;
end $$;
create constraint trigger x_cover after insert or update on app.cover deferrable initially deferred
  for each row execute function app.check_cover();

-- Certificate: says what the cover says, once; withdrawn, never changed. -----------------------------------------------
create function app.guard_certificate() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'UPDATE' then
    if new.state < old.state
       or (new.number, new.policy_id, new.term_id, new.cover_id, new.vehicle_id, new.from_date, new.to_date, new.payload, new.issued_by)
          is distinct from
          (old.number, old.policy_id, old.term_id, old.cover_id, old.vehicle_id, old.from_date, old.to_date, old.payload, old.issued_by) then
      perform app.refuse('certificate_fixed', 'certificate', 'a certificate is withdrawn, never changed');
    end if;
    return new;
  end if;
  if new.state <> 1 then
    perform app.refuse('certificate_state', 'certificate', 'a new certificate is valid');
  end if;
  return new;
end $$;
create trigger b_guard before insert or update on app.certificate for each row execute function app.guard_certificate();

create function app.check_certificate() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from app.certificate k
    join app.cover c on c.tenant_id = k.tenant_id and c.id = k.cover_id
    join app.term t on t.tenant_id = k.tenant_id and t.id = k.term_id
    where k.tenant_id = new.tenant_id and k.id = new.id and k.state = 1
      and (not c.in_force or t.state not in (4, 6) or (k.from_date, k.to_date) is distinct from (c.from_date, c.to_date));
  if found then
    perform app.refuse('certificate_of_cover', 'certificate', 'a valid certificate says what a cover in force says');
  end if;
  return null;
end $$;
create constraint trigger x_certificate after insert or update on app.certificate deferrable initially deferred
  for each row execute function app.check_certificate();

-- Receipt: recorded, then verified or rejected; a verified one may be reversed. ----------------------------------------
create function app.guard_receipt_insert() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  t record;
begin
  if new.state <> 1 then
    perform app.refuse('receipt_state', 'receipt', 'a new receipt is recorded, not yet verified');
  end if;
  if app.user_id() is distinct from new.taken_by and app.user_id() is not null then
    perform app.refuse('receipt_taken_by', 'receipt', 'a receipt is taken by the one who records it');
  end if;
  select term.state, term.total - term.paid as outstanding, tenant.collect_in_parts, tenant.over_payment_credit into t
    from app.term join app.tenant on tenant.id = term.tenant_id where term.tenant_id = new.tenant_id and term.id = new.term_id;
  if t.state not in (3, 5) then
    perform app.refuse('receipt_for_unpaid', 'receipt', 'money is taken for a term that awaits payment');
  end if;
  if new.amount < t.outstanding and not t.collect_in_parts then
    perform app.refuse('receipt_short', 'receipt', format('short: %s of %s', new.amount, t.outstanding));
  end if;
  if new.amount > t.outstanding and not t.over_payment_credit then
    perform app.refuse('receipt_over', 'receipt', format('over: %s of %s', new.amount, t.outstanding));
  end if;
  return new;
end $$;
create trigger b_guard_insert before insert on app.receipt for each row execute function app.guard_receipt_insert();

create function app.guard_receipt_update() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if new.state <> old.state and not ((old.state = 1 and new.state in (2, 3)) or (old.state = 2 and new.state = 4)) then
    perform app.refuse('receipt_state', 'receipt', format('a receipt can''t go from state %s to state %s', old.state, new.state));
  end if;
  if (new.number, new.branch_id, new.year, new.serial, new.policy_id, new.term_id, new.amount, new.taken_by) is distinct from
     (old.number, old.branch_id, old.year, old.serial, old.policy_id, old.term_id, old.amount, old.taken_by)
     or (old.state <> 1 and (new.method, new.reference, new.paid_on, new.verified_by, new.verified_at) is distinct from
                            (old.method, old.reference, old.paid_on, old.verified_by, old.verified_at)) then
    perform app.refuse('receipt_fixed', 'receipt', 'a receipt is never changed, only verified, rejected or reversed');
  end if;
  if old.state = 1 and new.state in (2, 3) then
    if new.verified_by is null and new.state = 2 then
      perform app.refuse('receipt_verified_by', 'receipt', 'a verified receipt names who verified it');
    end if;
    if new.verified_by is not null and app.user_id() is not null and new.verified_by <> app.user_id() then
      perform app.refuse('receipt_verified_by', 'receipt', 'a receipt is verified by the one who says so');
    end if;
  end if;
  if new.state = 2 and old.state = 1 and new.verified_by = new.taken_by
     and new.amount > (select four_eyes_minor from app.tenant where id = new.tenant_id) then
    perform app.refuse('four_eyes', 'receipt', 'a receipt above the set amount is verified by somebody else');
  end if;
  return new;
end $$;
create trigger b_guard_update before update on app.receipt for each row execute function app.guard_receipt_update();

-- Verified money goes to the term at once: its row is the lock everything about payment meets at.
create function app.mirror_paid() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  t app.term;
begin
  update app.term set paid = paid + case when new.state = 2 then new.amount else -new.amount end
   where tenant_id = new.tenant_id and id = new.term_id returning * into t;
  if new.state = 2 and t.state not in (3, 5) then
    perform app.refuse('receipt_for_unpaid', 'receipt', 'money is taken for a term that awaits payment');
  end if;
  if new.state = 2 and t.paid > t.total and not (select over_payment_credit from app.tenant where id = t.tenant_id) then
    perform app.refuse('receipt_over', 'receipt', format('over: %s of %s', t.paid, t.total));
  end if;
  return null;
end $$;
create trigger m_paid after update of state on app.receipt for each row
  when (old.state <> new.state and (new.state = 2 or old.state = 2)) execute function app.mirror_paid();

-- At commit: the serials of a branch and year are 1 .. n, where n is the counter. The counter's row lock makes it true
-- for everybody at once.
create function app.check_serials() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  doc jsonb := to_jsonb(new);
  of_branch bigint := (doc ->> 'branch_id')::bigint;
  of_year int := coalesce(doc ->> 'year', doc ->> 'period')::int;
  counted bigint;
  highest bigint;
begin
  select n into counted from app.counter
   where tenant_id = new.tenant_id and kind = 'receipt' and branch_id = of_branch and period = of_year;
  select max(serial) into highest from app.receipt where tenant_id = new.tenant_id and branch_id = of_branch and year = of_year;
  if counted is distinct from coalesce(highest, 0) then
    perform app.refuse('receipt_serials', 'receipt', format('receipt numbers have no gap: %s counted, %s written', counted, highest));
  end if;
  if tg_table_name = 'receipt' and (doc ->> 'serial')::int > 1 then
    perform from app.receipt where tenant_id = new.tenant_id and branch_id = of_branch and year = of_year
      and serial = (doc ->> 'serial')::int - 1;
    if not found then
      perform app.refuse('receipt_serials', 'receipt', 'receipt numbers have no gap');
    end if;
  end if;
  return null;
end $$;
create constraint trigger x_serials after insert on app.receipt deferrable initially deferred
  for each row execute function app.check_serials();
create constraint trigger x_serials after insert or update on app.counter deferrable initially deferred
  for each row when (new.kind = 'receipt') execute function app.check_serials();

-- A counter only counts up, one at a time.
create function app.guard_counter() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if (new.kind, new.branch_id, new.period, new.tenant_id) is distinct from (old.kind, old.branch_id, old.period, old.tenant_id)
     or new.n <> old.n + 1 then
    perform app.refuse('counter_counts', 'counter', 'a counter counts up by one');
  end if;
  return new;
end $$;
create trigger b_guard before update on app.counter for each row execute function app.guard_counter();

-- The helpers the guards call run as whoever writes.
grant execute on function app.refuse(text, text, text), app.day(), app.term_may_become(smallint, smallint),
  app.guard_term_days(int, bigint, bigint, date) to bima_worker, bima_jobs;
