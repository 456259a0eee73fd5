-- Personal data: what a person's record says of him is sealed under a key of his own, that key under one of the company's,
-- and that under the master key, a file the database never sees. Destroying a person's key forgets him and keeps the record.
-- See common/crypt/seal.h and server/personal.
set local role bima_owner;
select set_config('app.actor', 'service', true), set_config('app.action', 'migrate', true);

-- ---------------------------------------------------------------- keys
-- Generation 0 makes the marks of blind indexes and stays; 1, 2 … wrap keys of persons, the newest wraps new ones. A retired
-- one wraps none any more, and stays for what was sealed with it itself.
create table app.tenant_key (
  tenant_id  int not null references app.tenant,
  generation int not null,
  wrapped    bytea not null,                              -- sealed with the master key
  master     text collate "C" not null,                   -- the name of that master key
  xid        xid8 not null default pg_current_xact_id(),  -- of the insert: nobody remembers a key that may be rolled back
  created_at timestamptz not null default now(),
  retired_at timestamptz,
  primary key (tenant_id, generation),
  constraint generation_counts check (generation >= 0)
);
create table app.person_key (
  tenant_id      int not null references app.tenant,
  id             bigint not null,
  version        int not null default 1,
  customer_id    bigint not null,
  generation     int not null,
  wrapped        bytea,                                   -- null: destroyed
  legal_hold     boolean not null default false,          -- must not be destroyed
  hold_reason    text,
  destroyed_at   timestamptz,
  destroy_reason text,
  created_at     timestamptz not null default now(),
  updated_at     timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, customer_id) references app.customer,
  foreign key (tenant_id, generation) references app.tenant_key,
  constraint no_platform_business check (tenant_id > 0),
  constraint destroyed_whole check ((wrapped is null) = (destroyed_at is not null) and (destroyed_at is null) = (destroy_reason is null)),
  constraint hold_explained check (legal_hold = (hold_reason is not null) and not (legal_hold and wrapped is null))
);
create unique index person_key_customer on app.person_key (tenant_id, customer_id);
create index person_key_generation on app.person_key (tenant_id, generation, id) where wrapped is not null;
create index person_key_by_created on app.person_key (tenant_id, created_at, id);
create sequence app.person_key_seq as bigint minvalue 1 maxvalue 4294967295 cache 1;
alter table app.person_key alter column id set default app.new_id('app.person_key_seq', 22);
alter sequence app.person_key_seq owned by app.person_key.id;

do $$
declare
  t text;
begin
  foreach t in array array['tenant_key', 'person_key'] loop
    execute format('alter table app.%I enable row level security', t);
    execute format('alter table app.%I force row level security', t);
    execute format('create policy owner_all on app.%I to bima_owner using (true) with check (true)', t);
    execute format('create policy own_tenant on app.%I to bima_worker, bima_jobs using (tenant_id = current_setting(''app.tenant_id'')::int) '
                   'with check (tenant_id = current_setting(''app.tenant_id'')::int)', t);
    execute format('create trigger never_deleted before delete on app.%I for each row execute function app.refuse_change()', t);
    execute format('create trigger never_emptied before truncate on app.%I for each statement execute function app.refuse_change()', t);
  end loop;
end $$;
create trigger a_first_version before insert on app.person_key for each row execute function app.first_version();
create trigger a_bump_version before update on app.person_key for each row execute function app.bump_version();
create policy scope on app.person_key as restrictive to bima_worker using (
  (select app.sees()) <> 'part' or exists (select from app.customer c where c.tenant_id = person_key.tenant_id and c.id = person_key.customer_id));
grant select, insert on app.person_key to bima_worker;
grant update (wrapped, generation, legal_hold, hold_reason, destroyed_at, destroy_reason) on app.person_key to bima_worker;

-- The key of a company, the newest that wraps when `generation` is null. `fresh`: made by this very transaction.
create function app.tenant_key(tenant int, generation int) returns table (generation int, wrapped bytea, fresh boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp rows 1 as $$
  select k.generation, k.wrapped, coalesce(k.xid = pg_current_xact_id_if_assigned(), false)
    from app.tenant_key k
   where k.tenant_id = $1 and app.on_side($1)
     and (k.generation = $2 or ($2 is null and k.generation > 0 and k.retired_at is null))
   order by k.generation desc limit 1
$$;
-- A company's first keys; nothing when another was faster.
create function app.add_tenant_key(tenant int, generation int, wrapped bytea, master text) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  insert into app.tenant_key (tenant_id, generation, wrapped, master)
  select $1, $2, $3, $4 where app.on_side($1) and $2 in (0, 1) on conflict do nothing
$$;
grant execute on function app.tenant_key(int, int), app.add_tenant_key(int, int, bytea, text) to bima_worker, bima_platform, bima_jobs;

-- ---------------------------------------------------------------- what a history keeps
-- Arguments: the table's name, then its secret columns; '-' before a name leaves the column out altogether.
create or replace function app.keep_history() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  before jsonb := case when tg_op = 'UPDATE' then to_jsonb(old) end;
  after  jsonb := to_jsonb(new);
  changed boolean;
begin
  for i in 1 .. tg_nargs - 1 loop
    if left(tg_argv[i], 1) = '-' then
      before := before - substr(tg_argv[i], 2);
      after := after - substr(tg_argv[i], 2);
      continue;
    end if;
    changed := before is not null and (before -> tg_argv[i]) is distinct from (after -> tg_argv[i]);
    before := app.without_secret(before, tg_argv[i], false);
    after := app.without_secret(after, tg_argv[i], changed);
  end loop;
  insert into app.history (tenant_id, tbl, row_id, op, action, actor_id, actor, address, client, request_id, reason,
                           policy_id, vehicle_id, customer_id, before, after)
  values (new.tenant_id, tg_argv[0], new.id, case tg_op when 'INSERT' then 'I' else 'U' end,
          nullif(current_setting('app.action', true), ''), nullif(current_setting('app.user_id', true), '')::bigint,
          coalesce(nullif(current_setting('app.actor', true), ''), 'service'), nullif(current_setting('app.address', true), ''),
          nullif(current_setting('app.client', true), ''), nullif(current_setting('app.request_id', true), ''),
          nullif(current_setting('app.reason', true), ''),
          case when tg_argv[0] = 'policy' then new.id else (after ->> 'policy_id')::bigint end,
          case when tg_argv[0] = 'vehicle' then new.id else (after ->> 'vehicle_id')::bigint end,
          case when tg_argv[0] = 'customer' then new.id else (after ->> 'customer_id')::bigint end,
          before, after);
  return null;
end $$;
-- A wrapped key must not outlive its destruction here.
create trigger c_history after update on app.person_key
  for each row when (current_setting('app.action', true) is distinct from 'rewrap')
  execute function app.keep_history('person_key', '-wrapped', '-generation');

-- ---------------------------------------------------------------- customers
-- What stood in plain columns waits in a table of its own until the service, which has the master key, seals it.
-- It is gone when that is done; where there was no customer it never is.
do $$
begin
  if exists (select from app.customer) then
    create table app.unsealed as
      select tenant_id, id, email, id_number, birth_date, gender, address, note from app.customer;
    alter table app.unsealed add primary key (tenant_id, id);
    alter table app.unsealed enable row level security;
    alter table app.unsealed force row level security;
    create policy owner_all on app.unsealed to bima_owner using (true) with check (true);
    create policy own_tenant on app.unsealed to bima_worker, bima_jobs using (tenant_id = current_setting('app.tenant_id')::int)
      with check (tenant_id = current_setting('app.tenant_id')::int);
    -- Answers of the hours before hold records in plain.
    delete from app.idempotency;
  end if;
end $$;
drop index app.customer_by_birth;
alter table app.customer
  drop constraint id_whole,
  drop constraint phone_form,
  drop constraint status_known,
  drop column email,
  drop column id_number,
  drop column birth_date,
  drop column gender,
  drop column address,
  drop column note,
  add column personal_sealed bytea,                       -- every personal field of this version, under the person's key
  add column birth_key text collate "C",                  -- mark of name and birth date
  add constraint id_whole check ((id_type_id is null) = (id_key is null) and id_key <> ''),
  add constraint status_known check (status in (1, 2, 3)),
  add constraint phone_form check (phone_key ~ '^[0-9]{6,15}$' or (status = 3 and phone_key = '')),
  add constraint forgotten_whole check (status <> 3 or (id_key is null and birth_key is null));
-- Those that wait to be sealed have none yet.
alter table app.customer add constraint sealed_whole check (personal_sealed is not null) not valid;
create index customer_by_birth on app.customer (tenant_id, birth_key) where birth_key is not null;
drop index app.customer_id_key;
create unique index customer_id_key on app.customer (tenant_id, id_type_id, id_key) where status <> 2;
drop trigger c_history on app.customer;
create trigger c_history after insert or update on app.customer for each row execute function
  app.keep_history('customer', '-name', '-phone', '-phone_key', '-city', '-id_key', '-birth_key');
grant update (personal_sealed, birth_key) on app.customer to bima_worker;

-- ---------------------------------------------------------------- retention
-- A destroyed key stays destroyed; none is destroyed on hold or while a policy is not over.
create function app.guard_person_key() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    -- A generation that was retired meanwhile wraps nothing new: the request is done again with the next one.
    perform from app.tenant_key k where k.tenant_id = new.tenant_id and k.generation = new.generation for key share;
    if exists (select from app.tenant_key k where k.tenant_id = new.tenant_id and k.generation = new.generation and k.retired_at is not null) then
      raise exception 'the company has a newer key' using errcode = 'serialization_failure', table = 'person_key';
    end if;
    return new;
  end if;
  if new.customer_id <> old.customer_id then
    raise exception 'a key belongs to one customer' using errcode = 'check_violation', constraint = 'key_fixed', table = 'person_key';
  end if;
  if old.destroyed_at is not null then
    raise exception 'the customer was forgotten: this can''t be undone' using errcode = 'check_violation', constraint = 'key_destroyed', table = 'person_key';
  end if;
  if new.destroyed_at is null then
    return new;
  end if;
  -- Waits for a sale to this customer that is under way, and makes the next one wait.
  perform from app.customer c where c.tenant_id = new.tenant_id and c.id = new.customer_id for update;
  if old.legal_hold then
    raise exception 'the customer is on legal hold: release it first' using errcode = 'check_violation', constraint = 'key_held', table = 'person_key';
  end if;
  if exists (select from app.policy p where p.tenant_id = new.tenant_id and p.customer_id = new.customer_id and p.state in (1, 2, 3, 4, 5)) then
    raise exception 'the customer holds a policy that is not over' using errcode = 'check_violation', constraint = 'key_in_use', table = 'person_key';
  end if;
  return new;
end $$;
create trigger b_guard before insert or update on app.person_key for each row execute function app.guard_person_key();

-- Forgotten is what a customer is whose key is destroyed, for ever.
create function app.guard_customer() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if old.status = 3 then
    raise exception 'the customer was forgotten: the record stays as it is' using errcode = 'check_violation', constraint = 'customer_forgotten', table = 'customer';
  end if;
  if new.status = 3 and not exists (select from app.person_key k where k.tenant_id = new.tenant_id and k.customer_id = new.id
                                       and k.destroyed_at is not null) then
    raise exception 'a customer is forgotten by destroying the key' using errcode = 'check_violation', constraint = 'customer_forgotten', table = 'customer';
  end if;
  return new;
end $$;
create trigger b_guard before update on app.customer for each row execute function app.guard_customer();

-- Nothing new for who was forgotten. The lock makes this wait for a forgetting that is under way, and be seen by it.
create function app.guard_holder() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from app.customer c where c.tenant_id = new.tenant_id and c.id = new.customer_id for key share;
  if exists (select from app.customer c where c.tenant_id = new.tenant_id and c.id = new.customer_id and c.status = 3) then
    raise exception 'the customer was forgotten' using errcode = 'check_violation', constraint = 'customer_forgotten', table = 'customer';
  end if;
  return new;
end $$;
create trigger b_holder before insert on app.policy for each row execute function app.guard_holder();
create trigger b_holder before insert on app.ownership for each row execute function app.guard_holder();

-- Makes a customer forgotten whose key has just been destroyed: what stood in plain goes, and the words it was found by.
create function app.forget_customer(customer bigint) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  tenant int := current_setting('app.tenant_id')::int;
begin
  update app.customer set status = 3, name = 'forgotten', phone = 'forgotten', phone_key = '', city = null, id_type_id = null,
                          id_key = null, birth_key = null
   where tenant_id = tenant and id = $1;
  -- Names nobody else has leave the dictionary too.
  with gone as (delete from app.search_token t where t.tenant_id = tenant and t.entity = 1 and t.row_id = $1 returning t.token)
  delete from app.search_word w using gone
   where w.tenant_id = tenant and w.word = gone.token
     and not exists (select from app.search_token t where t.tenant_id = tenant and t.token = w.word and (t.entity, t.row_id) <> (1, $1));
end $$;
grant execute on function app.forget_customer(bigint) to bima_worker;

-- A policy that ran out can be renewed: not for who was forgotten.
create function app.guard_renewal() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  holder bigint := (select p.customer_id from app.policy p where p.tenant_id = new.tenant_id and p.id = new.policy_id);
begin
  perform from app.customer c where c.tenant_id = new.tenant_id and c.id = holder for key share;
  if exists (select from app.customer c where c.tenant_id = new.tenant_id and c.id = holder and c.status = 3) then
    raise exception 'the customer was forgotten' using errcode = 'check_violation', constraint = 'customer_forgotten', table = 'customer';
  end if;
  return new;
end $$;
create trigger b_holder before insert on app.term for each row execute function app.guard_renewal();
