-- Fleets: a policy without a vehicle of its own, whose terms have one line per vehicle. A line says what the vehicle is insured
-- for and what that costs; the lines of a term add up to it. Each vehicle has its own cover and certificate, so that "one
-- active cover per vehicle" holds across policies and fleets by the constraint that is there.
set local role bima_owner;

alter table app.policy alter column vehicle_id drop not null;    -- null: a fleet
alter table app.term alter column rate_id drop not null;         -- null: of a fleet, whose lines have theirs

create table app.term_vehicle (
  tenant_id   int not null references app.tenant,
  id          bigint not null,
  version     int not null default 1,
  policy_id   bigint not null,
  term_id     bigint not null,
  vehicle_id  bigint not null,
  seq         smallint not null,                          -- 1, 2 … in the order they were given
  sum_insured bigint not null default 0,
  rate_id     bigint not null,
  premium     bigint not null,
  levy        bigint not null,
  tax         bigint not null,
  total       bigint not null,                            -- premium + levy + tax
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, vehicle_id) references app.vehicle,
  foreign key (tenant_id, rate_id) references app.rate,
  constraint line_of_policy_term foreign key (tenant_id, policy_id, term_id) references app.term (tenant_id, policy_id, id),
  constraint line_vehicle unique (tenant_id, term_id, vehicle_id),
  constraint line_seq unique (tenant_id, term_id, seq),
  constraint no_platform_business check (tenant_id > 0),
  constraint seq_positive check (seq >= 1),
  constraint amounts_sane check (sum_insured >= 0 and premium >= 0 and levy >= 0 and tax >= 0 and total > 0
                                 and sum_insured <= 1000000000000000 and premium <= 1000000000000000),
  constraint total_adds_up check (total = premium + levy + tax)
);
create sequence app.term_vehicle_seq as bigint minvalue 1 maxvalue 4294967295 cache 1;
alter table app.term_vehicle alter column id set default app.new_id('app.term_vehicle_seq', 25);
alter sequence app.term_vehicle_seq owned by app.term_vehicle.id;
alter table app.term_vehicle add constraint id_range check (id between 1 and 4294967295);
create index term_vehicle_by_seq on app.term_vehicle (tenant_id, seq, id);
create index term_vehicle_by_created on app.term_vehicle (tenant_id, created_at, id);
create index term_vehicle_by_policy on app.term_vehicle (tenant_id, policy_id, id);
create index term_vehicle_by_vehicle on app.term_vehicle (tenant_id, vehicle_id, id);
-- A term covers a vehicle once.
create unique index cover_once_a_term on app.cover (tenant_id, term_id, vehicle_id);

create trigger a_first_version before insert on app.term_vehicle for each row execute function app.first_version();
create trigger a_bump_version before update on app.term_vehicle for each row execute function app.bump_version();
create trigger c_history after insert or update on app.term_vehicle for each row execute function app.keep_history('term_vehicle');
create trigger never_deleted before delete on app.term_vehicle for each row execute function app.refuse_change();
create trigger never_emptied before truncate on app.term_vehicle for each statement execute function app.refuse_change();
-- A line is what was agreed: another one is another quote.
create trigger b_fixed before update on app.term_vehicle for each row execute function app.refuse_change();

alter table app.term_vehicle enable row level security;
alter table app.term_vehicle force row level security;
create policy owner_all on app.term_vehicle to bima_owner using (true) with check (true);
create policy own_tenant on app.term_vehicle to bima_worker, bima_jobs using (tenant_id = current_setting('app.tenant_id')::int)
  with check (tenant_id = current_setting('app.tenant_id')::int);
create policy scope on app.term_vehicle as restrictive to bima_worker using ((select app.sees()) <> 'part'
  or exists (select from app.policy p where p.tenant_id = term_vehicle.tenant_id and p.id = term_vehicle.policy_id));
grant select on app.term_vehicle to bima_worker, bima_jobs;
grant insert on app.term_vehicle to bima_worker;

-- ---------------------------------------------------------------- rules
-- Only where the company sells fleets. Those it has go on when it stops.
create function app.guard_fleet() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from app.tenant where id = new.tenant_id and fleet_policies;
  if not found then
    perform app.refuse('fleets_off', 'policy', 'this company does not sell fleet policies');
  end if;
  return new;
end $$;
create trigger b_fleet before insert on app.policy for each row when (new.vehicle_id is null) execute function app.guard_fleet();

-- Vehicles join a term before it is issued; those of a renewal come with it. What is agreed adds up at commit: no line can
-- come to a term whose price is fixed. The lock is the one that issuing takes.
create function app.guard_line() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  of_state smallint;
begin
  select t.state into of_state from app.term t
   where t.tenant_id = new.tenant_id and t.id = new.term_id for no key update;
  if of_state not in (1, 2, 3) then
    perform app.refuse('fleet_fixed', 'term_vehicle', 'the vehicles of a term are fixed when it is issued');
  end if;
  return new;
end $$;
create trigger b_guard before insert on app.term_vehicle for each row execute function app.guard_line();

-- At commit: the lines of a fleet's term add up to it, and no other term has any. One sum over a term's lines for each of
-- them: a fleet has some hundred vehicles at most.
create function app.check_lines(of_tenant int, of_term bigint) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  t record;
  l record;
begin
  select term.*, policy.vehicle_id into t from app.term join app.policy on policy.tenant_id = term.tenant_id and policy.id = term.policy_id
   where term.tenant_id = of_tenant and term.id = of_term;
  select count(*) as n, sum(sum_insured) as sum_insured, sum(premium) as premium, sum(levy) as levy, sum(tax) as tax, sum(total) as total
    into l from app.term_vehicle where tenant_id = of_tenant and term_id = of_term;
  if t.vehicle_id is not null then
    if l.n > 0 or t.rate_id is null then
      perform app.refuse('fleet_lines', 'term', 'the term of a policy over one vehicle has a rate and no lines');
    end if;
    return;
  end if;
  if t.rate_id is not null or l.n = 0
     or (l.sum_insured, l.premium, l.levy, l.tax, l.total) is distinct from (t.sum_insured, t.premium, t.levy, t.tax, t.total) then
    perform app.refuse('fleet_adds_up', 'term', 'what a fleet''s vehicles cost adds up to what the term costs');
  end if;
  if t.state = 4 and exists (select from app.term_vehicle v where v.tenant_id = of_tenant and v.term_id = of_term
       and not exists (select from app.cover c where c.tenant_id = of_tenant and c.term_id = of_term
                         and c.vehicle_id = v.vehicle_id and c.in_force)) then
    perform app.refuse('active_term_covers', 'term', 'each vehicle of an active term has a cover in force');
  end if;
end $$;

create function app.check_term_lines() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform app.check_lines(new.tenant_id, new.id);
  return null;
end $$;
create constraint trigger x_lines after insert or update on app.term deferrable initially deferred
  for each row execute function app.check_term_lines();

create function app.check_line() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform app.check_lines(new.tenant_id, new.term_id);
  return null;
end $$;
create constraint trigger x_lines after insert on app.term_vehicle deferrable initially deferred
  for each row execute function app.check_line();
create constraint trigger x_lines after update on app.cover deferrable initially deferred
  for each row when (old.in_force and not new.in_force) execute function app.check_line();

-- A cover is of the policy's vehicle, or of one that has a line in its term. Neither changes afterwards, nor does the cover.
alter table app.cover drop constraint cover_of_policy_vehicle;
create function app.guard_cover_vehicle() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from app.policy p
    where p.tenant_id = new.tenant_id and p.id = new.policy_id
      and (p.vehicle_id = new.vehicle_id
           or (p.vehicle_id is null and exists (select from app.term_vehicle l where l.tenant_id = new.tenant_id
                                                  and l.term_id = new.term_id and l.vehicle_id = new.vehicle_id)));
  if not found then
    perform app.refuse('cover_of_policy_vehicle', 'cover', 'a cover is of a vehicle that its policy insures');
  end if;
  return new;
end $$;
create trigger b_guard_vehicle before insert on app.cover for each row execute function app.guard_cover_vehicle();

-- What breaks these rules in the finished database.
do $$
declare
  was text := pg_get_functiondef('app.find_violations(int)'::regprocedure);
  first constant text := '  select ''paid_before_cover''';
  more constant text := $sql$
  select 'fleet_adds_up', 'term', t.id from app.term t join app.policy p on p.tenant_id = t.tenant_id and p.id = t.policy_id
    left join (select l.term_id, sum(l.sum_insured) as sum_insured, sum(l.premium) as premium, sum(l.levy) as levy, sum(l.tax) as tax,
                      sum(l.total) as total from app.term_vehicle l where l.tenant_id = $1 group by l.term_id) l on l.term_id = t.id
   where t.tenant_id = $1 and p.vehicle_id is null
     and (t.rate_id is not null
          or (l.sum_insured, l.premium, l.levy, l.tax, l.total) is distinct from (t.sum_insured, t.premium, t.levy, t.tax, t.total))
  union all
  select 'fleet_lines', 'term', t.id from app.term t join app.policy p on p.tenant_id = t.tenant_id and p.id = t.policy_id
   where t.tenant_id = $1 and p.vehicle_id is not null
     and (t.rate_id is null or exists (select from app.term_vehicle l where l.tenant_id = $1 and l.term_id = t.id))
  union all
  select 'active_term_covers', 'term_vehicle', l.id from app.term_vehicle l join app.term t on t.tenant_id = l.tenant_id and t.id = l.term_id
   where l.tenant_id = $1 and t.state = 4 and not exists (select from app.cover c where c.tenant_id = $1 and c.term_id = t.id
                                                             and c.vehicle_id = l.vehicle_id and c.in_force)
  union all
  select 'cover_of_policy_vehicle', 'cover', c.id from app.cover c join app.policy p on p.tenant_id = c.tenant_id and p.id = c.policy_id
   where c.tenant_id = $1 and p.vehicle_id is distinct from c.vehicle_id
     and not (p.vehicle_id is null and exists (select from app.term_vehicle l where l.tenant_id = $1 and l.term_id = c.term_id
                                                  and l.vehicle_id = c.vehicle_id))
  union all
$sql$;
begin
  if position(first in was) = 0 then
    raise exception 'find_violations is not what this file adds to';
  end if;
  execute overlay(was placing ltrim(more, E'\n') || first from position(first in was) for length(first));
end $$;

-- ---------------------------------------------------------------- who may
-- Who quotes may include vehicles in a quote; who sees terms sees their lines. Roles a company made are given the same.
do $$
declare
  was text := pg_get_functiondef('app.builtin_roles()'::regprocedure);
  now_ text := replace(replace(was, ' policy.quote ', ' policy.quote policy.include '), ' term.read ', ' term.read term_vehicle.read ');
begin
  if now_ not like '% policy.include %' or now_ not like '% term_vehicle.read %' then
    raise exception 'builtin_roles is not what this file adds to';
  end if;
  execute now_;
  perform set_config('app.action', 'migrate', true);
  update app.role r set permissions = b.permissions from app.builtin_roles() b
   where r.builtin and r.code = b.code and r.permissions <> b.permissions;
  update app.role set permissions = permissions || ' policy.include'
   where not builtin and ' ' || permissions || ' ' like '% policy.quote %' and ' ' || permissions || ' ' not like '% policy.include %';
  update app.role set permissions = permissions || ' term_vehicle.read'
   where not builtin and ' ' || permissions || ' ' like '% term.read %' and ' ' || permissions || ' ' not like '% term_vehicle.read %';
  perform set_config('app.action', '', true);
end $$;
