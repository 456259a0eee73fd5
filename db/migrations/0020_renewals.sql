-- Renewal cases: one for every term that runs, to be followed up when it ends. The case opens when the term starts, and a renewal
-- by whatever way closes it: both are done here, so nobody forgets. Who follows it up writes down what came of it.
set local role bima_owner;
select set_config('app.actor', 'service', true), set_config('app.action', 'migrate', true);

create table app.renewal (
  tenant_id       int not null references app.tenant,
  id              bigint not null,
  version         int not null default 1,
  policy_id       bigint not null,
  term_id         bigint not null,                        -- the term that ends
  customer_id     bigint not null,
  vehicle_id      bigint,                                 -- null: a fleet
  product_id      bigint not null,
  branch_id       bigint not null,
  due_date        date not null,                          -- its last day
  state           smallint not null default 1,            -- 1 open 2 contacted 3 promised 4 renewed 5 lost 6 discontinued
  assigned_to     bigint,
  contact_on      date,                                   -- next day to call
  contacted_at    timestamptz,
  promised_on     date,
  outcome         smallint,                               -- why it was lost
  reason          text,                                   -- why it was discontinued
  renewed_term_id bigint,
  unpaid          boolean not null default false,         -- renewed, but that term waits for its payment
  closed_at       timestamptz,
  note            text,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, customer_id) references app.customer,
  foreign key (tenant_id, vehicle_id) references app.vehicle,
  foreign key (tenant_id, product_id) references app.product,
  foreign key (tenant_id, branch_id) references app.branch,
  foreign key (tenant_id, assigned_to) references app.user_account,
  constraint no_platform_business check (tenant_id > 0),
  constraint id_range check (id between 1 and 4294967295),
  constraint renewal_of_policy_term foreign key (tenant_id, policy_id, term_id) references app.term (tenant_id, policy_id, id),
  constraint renewed_by_policy_term foreign key (tenant_id, policy_id, renewed_term_id) references app.term (tenant_id, policy_id, id),
  constraint state_known check (state between 1 and 6),
  constraint outcome_known check (outcome between 1 and 7),
  constraint promise_dated check (state <> 3 or promised_on is not null),
  constraint loss_explained check ((state = 5) = (outcome is not null)),
  constraint end_explained check ((state = 6) <= (reason is not null)),
  constraint renewed_whole check ((state = 4) = (renewed_term_id is not null) and (unpaid <= (state = 4))),
  constraint closed_whole check ((state in (4, 5, 6)) = (closed_at is not null))
);
create sequence app.renewal_seq as bigint minvalue 1 maxvalue 4294967295 cache 1;
alter table app.renewal alter column id set default app.new_id('app.renewal_seq', 24);
alter sequence app.renewal_seq owned by app.renewal.id;

create unique index renewal_term_key on app.renewal (tenant_id, term_id);
create unique index renewal_renewed_key on app.renewal (tenant_id, renewed_term_id) where renewed_term_id is not null;
create index renewal_of_policy on app.renewal (tenant_id, policy_id, due_date, id);
create index renewal_by_due on app.renewal (tenant_id, due_date, id);
create index renewal_worklist on app.renewal (tenant_id, due_date, id) where state in (1, 2, 3);
create index renewal_mine on app.renewal (tenant_id, assigned_to, due_date, id) where state in (1, 2, 3);
create index renewal_to_contact on app.renewal (tenant_id, contact_on, id) where state in (1, 2, 3) and contact_on is not null;
create index renewal_unpaid on app.renewal (tenant_id, due_date, id) where unpaid;
create index renewal_renewed on app.renewal (tenant_id, closed_at, id) where state = 4;
create index renewal_lost on app.renewal (tenant_id, closed_at, id) where state in (5, 6);

-- ---------------------------------------------------------------- who may touch which row
alter table app.renewal enable row level security;
alter table app.renewal force row level security;
create policy owner_all on app.renewal to bima_owner using (true) with check (true);
create policy own_tenant on app.renewal to bima_worker, bima_jobs using (tenant_id = current_setting('app.tenant_id')::int)
  with check (tenant_id = current_setting('app.tenant_id')::int);
create policy scope on app.renewal as restrictive to bima_worker using (
  (select app.sees()) <> 'part' or exists (select from app.policy p where p.tenant_id = renewal.tenant_id and p.id = renewal.policy_id));
grant select on app.renewal to bima_worker, bima_jobs;
-- Which term it is about and which one renewed it is not the worker's to say.
grant update (version, updated_at, state, assigned_to, contact_on, contacted_at, promised_on, outcome, reason, closed_at, note)
  on app.renewal to bima_worker;

create trigger a_first_version before insert on app.renewal for each row execute function app.first_version();
create trigger a_bump_version before update on app.renewal for each row execute function app.bump_version();
create trigger c_history after insert or update on app.renewal for each row execute function app.keep_history('renewal');
create trigger never_deleted before delete on app.renewal for each row execute function app.refuse_change();
create trigger never_emptied before truncate on app.renewal for each statement execute function app.refuse_change();

-- ---------------------------------------------------------------- the states
create function app.renewal_may_become(old_state smallint, new_state smallint) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case old_state when 1 then new_state in (2, 3, 4, 5, 6)
                        when 2 then new_state in (3, 4, 5, 6)
                        when 3 then new_state in (2, 4, 5, 6)
                        when 4 then new_state in (1, 2, 3)   -- the renewal was voided
                        when 5 then new_state in (1, 2, 3, 4)
                        when 6 then new_state in (1, 2, 3, 4)
                        else false end
$$;

create function app.guard_renewal_case() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if (new.policy_id, new.term_id, new.customer_id, new.vehicle_id, new.product_id, new.due_date)
     is distinct from (old.policy_id, old.term_id, old.customer_id, old.vehicle_id, old.product_id, old.due_date) then
    perform app.refuse('renewal_fixed', 'renewal', 'a renewal case keeps its term');
  end if;
  if new.state <> old.state and not app.renewal_may_become(old.state, new.state) then
    perform app.refuse('renewal_state', 'renewal', format('a renewal case can''t go from state %s to state %s', old.state, new.state));
  end if;
  if old.state = 4 and new.state <> 4
     and exists (select from app.term where tenant_id = old.tenant_id and id = old.renewed_term_id and state <> 8) then
    perform app.refuse('renewal_stands', 'renewal', 'a renewal case stays renewed while the term that renewed it stands');
  end if;
  return new;
end $$;
create trigger b_guard before update on app.renewal for each row execute function app.guard_renewal_case();

-- Where a case stands when nothing closes it: as far as it had come.
create function app.renewal_open_state(promised_on date, contacted_at timestamptz) returns smallint
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case when $1 is not null then 3 when $2 is not null then 2 else 1 end::smallint
$$;

-- Whoever sold it follows it up, as long as he is there.
create function app.open_renewal(of_term app.term) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  insert into app.renewal (tenant_id, policy_id, term_id, customer_id, vehicle_id, product_id, branch_id, due_date, assigned_to)
  select p.tenant_id, p.id, ($1).id, p.customer_id, p.vehicle_id, p.product_id, p.branch_id, ($1).end_date, u.id
    from app.policy p
    left join app.user_account u on u.tenant_id = p.tenant_id and u.id = p.sold_by and u.is_active
   where p.tenant_id = ($1).tenant_id and p.id = ($1).policy_id
  on conflict (tenant_id, term_id) do nothing
$$;

-- The case of the last run before a term.
create function app.close_renewal(of_term app.term) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  update app.renewal r
     set state = 4, renewed_term_id = ($1).id, unpaid = ($1).state = 3, closed_at = now(), outcome = null, reason = null
   where r.tenant_id = ($1).tenant_id and r.state <> 4
     and r.term_id = (select t.id from app.term t
                       where t.tenant_id = ($1).tenant_id and t.policy_id = ($1).policy_id and t.seq < ($1).seq
                         and t.activated_at is not null order by t.seq desc limit 1)
$$;

create function app.follow_renewal() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  was smallint := case tg_op when 'UPDATE' then old.state end;
begin
  if new.state is not distinct from was then
    return null;
  end if;
  case new.state
    when 3 then
      perform app.close_renewal(new);
    when 4 then
      update app.renewal set unpaid = false where tenant_id = new.tenant_id and renewed_term_id = new.id and unpaid;
      perform app.open_renewal(new);
    when 7 then
      update app.renewal set state = 6, reason = coalesce(new.reason, 'cancelled'), closed_at = now()
       where tenant_id = new.tenant_id and term_id = new.id and state in (1, 2, 3);
    when 8 then
      update app.renewal
         set state = app.renewal_open_state(promised_on, contacted_at), renewed_term_id = null, unpaid = false, closed_at = null
       where tenant_id = new.tenant_id and renewed_term_id = new.id;
    else
      null;
  end case;
  return null;
end $$;
create trigger m_renewal after insert or update of state on app.term for each row execute function app.follow_renewal();

-- The cases of terms that were there before: the last run of each policy, unless it ended long ago.
create function app.open_renewals(tenant int) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  t app.term;
begin
  for t in select x.* from app.term x
            where x.tenant_id = tenant and x.state in (4, 5, 6) and x.end_date >= app.day() - 60
              and not exists (select from app.term l where l.tenant_id = x.tenant_id and l.policy_id = x.policy_id and l.seq > x.seq
                                                       and l.activated_at is not null)
            order by x.end_date, x.id loop
    perform app.open_renewal(t);
  end loop;
  for t in select x.* from app.term x where x.tenant_id = tenant and x.state = 3 and x.seq > 1 order by x.id loop
    perform app.close_renewal(t);
  end loop;
end $$;
select app.open_renewals(id) from app.tenant where id > 0;

-- ---------------------------------------------------------------- roles
-- The roles that come with the product, as they are, with the words of this file.
do $$
declare
  roles text;
begin
  select string_agg(format('(%L, %s, %L, %L, %L::boolean, %L::boolean)', b.code, b.scope, b.name,
                           b.permissions || coalesce(' ' || w.words, ''), b.second_factor, b.own_records), ', ')
    into roles
    from app.builtin_roles() b
    left join (values
      ('manager', 'renewal.*'),
      ('agent', 'renewal.set renewal.renew renewal.contact renewal.promise renewal.lose renewal.discontinue renewal.reopen'),
      ('call_centre', 'renewal.set renewal.contact renewal.promise')) as w(code, words) on w.code = b.code;
  execute format('create or replace function app.builtin_roles() '
                 'returns table (code text, scope int, name text, permissions text, second_factor boolean, own_records boolean) '
                 'language sql immutable set search_path = pg_catalog, pg_temp as %L', 'values ' || roles);
end $$;
update app.role r set permissions = b.permissions
  from app.builtin_roles() b
 where r.builtin and r.code = b.code and b.scope = case when r.tenant_id = 0 then 2 else 1 end and r.permissions <> b.permissions;
