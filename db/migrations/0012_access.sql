-- Who may do what: roles as data, sessions as rows, the platform as tenant 0, what a person sees of a company's records.
-- Runs as whoever migrates, then as the owner.
do $$
begin
  if not exists (select from pg_roles where rolname = 'bima_platform') then
    create role bima_platform login nosuperuser nocreatedb nocreaterole noinherit nobypassrls;
  end if;
  if not pg_has_role(current_user, 'bima_platform', 'member') then
    grant bima_platform to current_user;
  end if;
  execute format('grant connect on database %I to bima_platform', current_database());
end $$;
alter role bima_platform set statement_timeout = '15s';
alter role bima_platform set lock_timeout = '5s';
alter role bima_platform set idle_in_transaction_session_timeout = '15s';
alter role bima_platform set jit = off;
grant usage on schema app to bima_platform;

set local role bima_owner;
select set_config('app.actor', 'service', true), set_config('app.action', 'migrate', true);

-- ---------------------------------------------------------------- the platform is tenant 0: no company, no business
alter table app.tenant
  add column version            int not null default 1,
  add column updated_at         timestamptz not null default now(),
  add column status_reason      text,                                  -- of the last suspension or activation
  add column business_type      text,
  add column phone              text,
  add column email              text,
  add column address            text,
  add column fleet_policies     boolean not null default false,
  add column reminder_days      text not null default '60 30 14 7 1',  -- days before a cover ends, blanks between
  add column modules_off        text not null default '',              -- words of switched-off modules, blanks between
  add column manager_staff      boolean not null default false,        -- managers look after agents and cashiers
  add column regulator_access   boolean not null default false,        -- the regulator may ask about covers
  add column idle_minutes       int not null default 240,              -- a session without a request ends
  add column session_hours      int not null default 24,               -- longest session
  add column brand_name         text,                                  -- shown on screens; null: name
  add column brand_colour       text,                                  -- accent of the screens: a colour word; null: the theme's own
  add column certificate_logo   bytea,                                 -- PNG
  add constraint reminder_days_form check (reminder_days ~ '^([0-9]{1,3}( [0-9]{1,3}){0,11})?$'),
  add constraint modules_form check (modules_off ~ '^([a-z_]+( [a-z_]+)*)?$' and length(modules_off) <= 400),
  add constraint idle_sane check (idle_minutes between 1 and 10080),
  add constraint session_sane check (session_hours between 1 and 168),
  add constraint brand_colour_known check (brand_colour in ('blue', 'cyan', 'green', 'magenta', 'red', 'yellow', 'white')),
  add constraint logo_small check (octet_length(certificate_logo) <= 262144);
insert into app.tenant (id, code, name) overriding system value values (0, 'PLATFORM', 'Platform');
insert into app.tenant_domain (domain, tenant_id) values ('platform', 0);
insert into app.branch (tenant_id, code, name) values (0, 'HQ', 'Platform');

do $$
declare
  t text;
begin
  foreach t in array array['vehicle_type', 'id_type', 'plate_pattern', 'customer', 'vehicle', 'ownership', 'product', 'rate', 'policy', 'term',
      'cover', 'receipt', 'certificate', 'counter', 'search_token', 'search_word', 'due_item', 'due_count', 'day_figure'] loop
    execute format('alter table app.%I add constraint no_platform_business check (tenant_id > 0)', t);
  end loop;
end $$;

-- ---------------------------------------------------------------- roles
-- `permissions`: words "entity.verb" between blanks; * on either side. See server/op/rights.h.
create table app.role (
  tenant_id     int not null references app.tenant,
  id            bigint not null,
  version       int not null default 1,
  code          text collate "C" not null,
  name          text not null,
  permissions   text not null,
  builtin       boolean not null default false,           -- the product's own: not changed, only copied
  second_factor boolean not null default false,           -- its users need a second factor to sign in
  branch_scope  boolean not null default false,           -- its users see the records of their own branch
  own_records   boolean not null default false,           -- its users see the records of one customer
  is_active     boolean not null default true,
  note          text,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, code),
  constraint code_form check (code ~ '^[a-z][a-z0-9_]{0,31}$'),
  constraint name_given check (name <> ''),
  constraint permissions_form check (permissions ~ '^([a-z_*]+\.[a-z_*]+( [a-z_*]+\.[a-z_*]+)*)?$' and length(permissions) <= 4000)
);

-- The roles that come with the product. scope 1 company 2 platform.
create function app.builtin_roles()
returns table (code text, scope int, name text, permissions text, second_factor boolean, own_records boolean)
language sql immutable set search_path = pg_catalog, pg_temp as $$
  values
    ('admin', 1, 'Administrator',
     '*.read *.personal branch.* user.* user_key.* session.* role.* setting.* audit.* person_key.* customer.hold customer.release customer.forget customer.report product.* rate.* vehicle_type.* id_type.* '
     'plate_pattern.* certificate.print', false, false),
    ('manager', 1, 'Manager',
     '*.read *.personal customer.* vehicle.* policy.* receipt.* certificate.* audit.read', false, false),
    ('agent', 1, 'Agent',
     '*.read *.personal customer.add customer.set customer.secret vehicle.* policy.quote policy.issue policy.renew policy.void policy.set '
     'receipt.add certificate.print', false, false),
    ('cashier', 1, 'Cashier', '*.read *.personal receipt.add receipt.verify receipt.reject certificate.print', false, false),
    ('call_centre', 1, 'Call centre', '*.read *.personal', false, false),
    ('adjuster', 1, 'Adjuster', '*.read *.personal', false, false),
    ('senior_adjuster', 1, 'Senior adjuster', '*.read *.personal', false, false),
    ('claims_manager', 1, 'Claims manager', '*.read *.personal', false, false),
    ('customer', 1, 'Customer (self-service)',
     'customer.read customer.personal customer.secret vehicle.read ownership.read policy.read term.read cover.read receipt.read '
     'certificate.read certificate.print product.read vehicle_type.read id_type.read', false, true),
    ('viewer', 1, 'Viewer', '*.read certificate.print', false, false),
    ('super_admin', 2, 'Super admin',
     'company.* company_request.* company_domain.* platform_user.* user_key.* session.* role.read role.assign branch.read audit.* field_template.* '
     'platform_default.* company_usage.read service_error.read platform_audit.read company_health.read', true, false),
    ('regulator', 2, 'Regulator', 'compliance.* branch.read role.read', true, false),
    ('register', 2, 'Registration', 'company_request.add', false, false)
$$;

create sequence app.role_seq as bigint minvalue 1 maxvalue 4294967295 cache 1;
alter table app.role alter column id set default app.new_id('app.role_seq', 17);
alter sequence app.role_seq owned by app.role.id;

create function app.provision_roles(tenant int) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  insert into app.role (tenant_id, code, name, permissions, builtin, second_factor, own_records)
  select $1, b.code, b.name, b.permissions, true, b.second_factor, b.own_records
    from app.builtin_roles() b where b.scope = case when $1 = 0 then 2 else 1 end
$$;
select app.provision_roles(id) from app.tenant;

alter table app.user_account
  add column role_id     bigint,
  add column customer_id bigint;                           -- sees the records of this customer only
update app.user_account u set role_id = r.id
  from app.role r
 where r.tenant_id = u.tenant_id and r.code = (array['admin', 'manager', 'agent', 'cashier', 'viewer'])[u.role];
alter table app.user_account
  alter column role_id set not null,
  drop column role,
  add foreign key (tenant_id, role_id) references app.role,
  add foreign key (tenant_id, customer_id) references app.customer;

-- Built-in roles stay as they came; nobody changes his own role; who sees one customer's records has one.
create function app.guard_role() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if old.builtin and (new.permissions, new.code, new.builtin, new.own_records) is distinct from (old.permissions, old.code, old.builtin, old.own_records)
     and current_setting('app.action', true) is distinct from 'migrate' then
    raise exception 'a built-in role is not changed' using errcode = 'check_violation', constraint = 'role_builtin', table = 'role';
  end if;
  return new;
end $$;
create trigger b_guard before update on app.role for each row execute function app.guard_role();

create function app.guard_user() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'UPDATE' and new.role_id <> old.role_id and new.id = app.user_id() then
    raise exception 'nobody changes his own role' using errcode = 'check_violation', constraint = 'user_own_role', table = 'user_account';
  end if;
  if new.customer_id is null and (select own_records from app.role where tenant_id = new.tenant_id and id = new.role_id) then
    raise exception 'a self-service user belongs to a customer' using errcode = 'check_violation', constraint = 'user_customer', table = 'user_account';
  end if;
  return new;
end $$;
create trigger b_guard before insert or update on app.user_account for each row execute function app.guard_user();

-- ---------------------------------------------------------------- sessions
create table app.session (
  tenant_id     int not null references app.tenant,
  id            bigint not null,
  version       int not null default 1,
  token         bigint not null,                          -- the secret a front shows; never read by anybody else
  user_id       bigint not null,
  state         smallint not null,                        -- 1 second factor wanted 2 open 3 account set-up only 4 ended
  method        text collate "C" not null,                -- password, key, token, open
  address       text,
  client        text,
  seen_at       timestamptz not null default now(),       -- last request, within a minute
  ends_at       timestamptz not null,
  ended_at      timestamptz,
  end_reason    text,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references app.user_account,
  constraint state_known check (state between 1 and 4),
  constraint token_positive check (token > 0),
  constraint ended_whole check ((state = 4) = (ended_at is not null))
) with (fillfactor = 70);
create unique index session_token_key on app.session (tenant_id, token);
create index session_of_user on app.session (tenant_id, user_id, created_at);
create index session_alive on app.session (tenant_id, seen_at) where state < 4;
create sequence app.session_seq as bigint minvalue 1 maxvalue 4294967295 cache 1;
alter table app.session alter column id set default app.new_id('app.session_seq', 18);
alter sequence app.session_seq owned by app.session.id;

-- ---------------------------------------------------------------- who may touch which row
do $$
declare
  t text;
begin
  foreach t in array array['role', 'session'] loop
    execute format('alter table app.%I enable row level security', t);
    execute format('alter table app.%I force row level security', t);
    execute format('create policy owner_all on app.%I to bima_owner using (true) with check (true)', t);
    execute format('create policy own_tenant on app.%I to bima_worker, bima_jobs using (tenant_id = current_setting(''app.tenant_id'')::int) '
                   'with check (tenant_id = current_setting(''app.tenant_id'')::int)', t);
    execute format('create policy look_up on app.%I to bima_search using (true)', t);
    execute format('grant select on app.%I to bima_search, bima_worker, bima_jobs', t);
    execute format('create trigger never_deleted before delete on app.%I for each row execute function app.refuse_change()', t);
    execute format('create trigger never_emptied before truncate on app.%I for each statement execute function app.refuse_change()', t);
    execute format('create trigger a_first_version before insert on app.%I for each row execute function app.first_version()', t);
    execute format('create trigger a_bump_version before update on app.%I for each row execute function app.bump_version()', t);
  end loop;
  -- The platform: rows of tenant 0 of what it shares with companies, and nothing else.
  foreach t in array array['tenant', 'branch', 'user_account', 'user_key', 'role', 'session', 'history', 'idempotency'] loop
    execute format('create policy platform_rows on app.%I to bima_platform using (%I = 0) with check (%2$I = 0)', t,
                   case t when 'tenant' then 'id' else 'tenant_id' end);
    execute format('grant select on app.%I to bima_platform', t);
  end loop;
end $$;
-- And a company's worker, whatever tenant it says it is: rows of companies.
do $$
declare
  t text;
begin
  foreach t in array array['tenant', 'tenant_domain', 'branch', 'user_account', 'user_key', 'role', 'session', 'history', 'idempotency'] loop
    execute format('create policy company_rows on app.%I as restrictive to bima_worker using (%I > 0) with check (%2$I > 0)', t,
                   case t when 'tenant' then 'id' else 'tenant_id' end);
  end loop;
end $$;
create trigger c_history after insert or update on app.role for each row execute function app.keep_history('role');
grant insert on app.idempotency, app.user_account, app.user_key to bima_platform;
grant update (version, updated_at, name, email, phone, language, is_active, role_id) on app.user_account to bima_platform;
grant update (version, updated_at, name, is_active) on app.user_key to bima_platform;
grant update (role_id, customer_id) on app.user_account to bima_worker;
grant insert on app.role to bima_worker;
grant update (version, updated_at, name, permissions, second_factor, branch_scope, is_active, note) on app.role to bima_worker;
revoke select on app.session from bima_worker, bima_jobs, bima_platform;
grant select (tenant_id, id, version, user_id, state, method, address, client, seen_at, ends_at, ended_at, end_reason, created_at, updated_at)
  on app.session to bima_worker, bima_platform, bima_jobs;
grant update (state, ended_at, end_reason, seen_at) on app.session to bima_worker, bima_platform;
grant execute on function app.new_id(regclass, int), app.today(), app.user_id() to bima_platform;
-- Sign-in look-ups make and end sessions.
grant insert, update on app.session to bima_search;

-- A person who looks after no users sees his own keys and sessions.
create policy own_keys on app.user_key as restrictive to bima_worker, bima_platform
  using ((select current_setting('app.sees_users', true)) = 'yes' or user_id = (select app.user_id()))
  with check ((select current_setting('app.sees_users', true)) = 'yes' or user_id = (select app.user_id()));
create policy own_sessions on app.session as restrictive to bima_worker, bima_platform
  using ((select current_setting('app.sees_users', true)) = 'yes' or user_id = (select app.user_id()))
  with check ((select current_setting('app.sees_users', true)) = 'yes' or user_id = (select app.user_id()));

create policy own_history on app.history as restrictive for select to bima_worker, bima_platform
  using (tbl <> all (array['user_key', 'session', 'enrol_token', 'user_factor'])
         or (select current_setting('app.sees_users', true)) = 'yes' or (after ->> 'user_id')::bigint = (select app.user_id()));

-- What a person sees of the company: everything (''), one customer's records, or one branch's. Settings of app.enter; where
-- they were never set nothing is seen.
create function app.scope() returns text
language sql stable set search_path = pg_catalog, pg_temp as $$ select current_setting('app.scope', true) $$;
create function app.scope_id() returns bigint
language sql stable set search_path = pg_catalog, pg_temp as $$ select nullif(current_setting('app.scope_id', true), '')::bigint $$;
-- 'all' or 'part'. Compared by <> alone: planners take that for true of nearly every row, as it is for most people.
create function app.sees() returns text
language sql stable set search_path = pg_catalog, pg_temp as $$ select case when current_setting('app.scope', true) = '' then 'all' else 'part' end $$;
grant execute on function app.scope(), app.scope_id(), app.sees() to bima_worker;

create policy scope on app.customer as restrictive to bima_worker using (
  (select app.sees()) <> 'part' or ((select app.scope()) = 'customer' and id = (select app.scope_id()))
  or ((select app.scope()) = 'branch' and branch_id = (select app.scope_id())));
create policy scope on app.policy as restrictive to bima_worker using (
  (select app.sees()) <> 'part' or ((select app.scope()) = 'customer' and customer_id = (select app.scope_id()))
  or ((select app.scope()) = 'branch' and branch_id = (select app.scope_id())));
create policy scope on app.vehicle as restrictive to bima_worker using (
  (select app.sees()) <> 'part' or ((select app.scope()) = 'customer' and owner_id = (select app.scope_id()))
  or ((select app.scope()) = 'branch'
      and exists (select from app.customer c where c.tenant_id = vehicle.tenant_id and c.id = vehicle.owner_id)));
create policy scope on app.ownership as restrictive to bima_worker using (
  (select app.sees()) <> 'part' or ((select app.scope()) = 'customer' and customer_id = (select app.scope_id()))
  or ((select app.scope()) = 'branch'
      and exists (select from app.customer c where c.tenant_id = ownership.tenant_id and c.id = ownership.customer_id)));
do $$
declare
  t text;
begin
  -- What hangs on a policy is seen when the policy is.
  foreach t in array array['term', 'cover', 'receipt', 'certificate'] loop
    execute format('create policy scope on app.%1$I as restrictive to bima_worker using ((select app.sees()) <> ''part'' '
                   'or exists (select from app.policy p where p.tenant_id = %1$I.tenant_id and p.id = %1$I.policy_id))', t);
  end loop;
  -- Figures and dictionaries of the whole company say too much to who sees a part of it.
  foreach t in array array['due_count', 'search_word'] loop
    execute format('create policy scope on app.%I as restrictive for select to bima_worker using ((select app.sees()) <> ''part'')', t);
  end loop;
  foreach t in array array['due_item', 'day_figure'] loop
    execute format('create policy scope on app.%I as restrictive for select to bima_worker using ((select app.sees()) <> ''part'' '
                   'or ((select app.scope()) = ''branch'' and branch_id = (select app.scope_id()))%s)', t,
                   case t when 'due_item' then ' or ((select app.scope()) = ''customer'' and exists (select from app.policy p '
                                               'where p.tenant_id = due_item.tenant_id and p.id = due_item.row_id))' else '' end);
  end loop;
end $$;
-- Of a vehicle that changed hands its owner sees what became of it since it was his; a branch, while its owner was the branch's.
create policy scope on app.history as restrictive for select to bima_worker using (
  (select app.sees()) <> 'part'
  or (policy_id is not null and exists (select from app.policy p where p.tenant_id = history.tenant_id and p.id = history.policy_id))
  or (policy_id is null and vehicle_id is not null and exists (select from app.vehicle v where v.tenant_id = history.tenant_id and v.id = history.vehicle_id)
      and exists (select from app.customer c where c.tenant_id = history.tenant_id
                     and c.id = coalesce(history.customer_id, (history.after ->> 'owner_id')::bigint)))
  or (tbl = 'customer' and exists (select from app.customer c where c.tenant_id = history.tenant_id and c.id = history.row_id))
  or (tbl = 'user_account' and row_id = (select app.user_id())));
-- What is found are records one sees: the words of others neither crowd them out nor take time to tell.
create policy scope on app.search_token as restrictive for select to bima_worker using (
  (select app.sees()) <> 'part'
  or case entity
       when 1 then exists (select from app.customer c where c.tenant_id = search_token.tenant_id and c.id = search_token.row_id)
       when 2 then exists (select from app.vehicle v where v.tenant_id = search_token.tenant_id and v.id = search_token.row_id)
       when 6 then exists (select from app.policy p where p.tenant_id = search_token.tenant_id and p.id = search_token.row_id)
       when 9 then exists (select from app.receipt r where r.tenant_id = search_token.tenant_id and r.id = search_token.row_id)
       when 10 then exists (select from app.certificate c where c.tenant_id = search_token.tenant_id and c.id = search_token.row_id)
       else false
     end);
-- Other users of the company are no business of a self-service user.
create policy scope on app.user_account as restrictive to bima_worker using (
  (select app.scope()) <> 'customer' or id = (select app.user_id()));

-- ---------------------------------------------------------------- a company's settings, one's own account
create function app.keep_setting() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  new.version := old.version + 1;
  new.updated_at := now();
  insert into app.history (tenant_id, tbl, row_id, op, action, actor_id, actor, address, client, request_id, reason, before, after)
  values (new.id, 'setting', new.id, 'U', nullif(current_setting('app.action', true), ''),
          nullif(current_setting('app.user_id', true), '')::bigint,
          coalesce(nullif(current_setting('app.actor', true), ''), 'service'), nullif(current_setting('app.address', true), ''),
          nullif(current_setting('app.client', true), ''), nullif(current_setting('app.request_id', true), ''),
          nullif(current_setting('app.reason', true), ''), to_jsonb(old) - 'certificate_logo', to_jsonb(new) - 'certificate_logo');
  return new;
end $$;
create trigger b_keep before update on app.tenant for each row execute function app.keep_setting();

create view app.setting with (security_invoker = true) as
  select id as tenant_id, id::bigint as id, version, updated_at, code, name, business_type, phone, email, address, currency, timezone,
         country_prefix, fleet_policies, collect_in_parts, over_payment_credit, four_eyes_minor, backdate_days, renew_ahead_days,
         reminder_days, policy_pattern, receipt_pattern, certificate_pattern, modules_off, manager_staff, regulator_access, idle_minutes,
         session_hours, brand_name, brand_colour, certificate_header
    from app.tenant;
create view app.account with (security_invoker = true) as
  select tenant_id, id, version, created_at, updated_at, login, name, email, phone, role_id, branch_id, language
    from app.user_account where id = (select app.user_id());
grant select on app.setting to bima_worker, bima_jobs;
grant select on app.account to bima_worker, bima_platform;
grant update (phone, email, address, timezone, country_prefix, fleet_policies, collect_in_parts, over_payment_credit, four_eyes_minor,
              backdate_days, renew_ahead_days, reminder_days, policy_pattern, receipt_pattern, certificate_pattern, modules_off, manager_staff,
              regulator_access, idle_minutes, session_hours, brand_name, brand_colour, certificate_header)
  on app.setting to bima_worker;
grant update (phone, email, address, timezone, country_prefix, fleet_policies, collect_in_parts, over_payment_credit, four_eyes_minor,
              backdate_days, renew_ahead_days, reminder_days, policy_pattern, receipt_pattern, certificate_pattern, modules_off, manager_staff,
              regulator_access, idle_minutes, session_hours, brand_name, brand_colour, certificate_header)
  on app.tenant to bima_worker;
grant update (name, email, phone, language) on app.account to bima_worker, bima_platform;

-- ---------------------------------------------------------------- the preamble
drop function app.enter(int, bigint, text, text, text, text, text, date);

create type app.entered as (
  user_id bigint, login text, name text, role_id bigint, role_code text, role_name text, permissions text, language text,
  customer_id bigint, branch_id bigint, branch_code text, branch_name text, session_id bigint, session_state smallint,
  tenant_id int, tenant_code text, tenant_name text, currency text, currency_exponent smallint, timezone text,
  utc_offset_minutes int, today date, country_prefix text, four_eyes_minor bigint, collect_in_parts boolean,
  over_payment_credit boolean, backdate_days int, renew_ahead_days int, policy_pattern text, receipt_pattern text,
  certificate_pattern text, certificate_header text, fleet_policies boolean, reminder_days text, modules_off text, brand_name text,
  brand_colour text, scope text, scope_id bigint, sees_users boolean);

-- As 0005 says, and the session: it must be alive, and open (2) or for account set-up only (3). Tenant 0 lets in bima_platform
-- and nobody else, companies everybody but bima_platform: the role that connected, which a definer function does not change.
create function app.enter(tenant int, "user" bigint, session bigint, request_id text, address text, client text, reason text,
                          action text, on_day date default null)
returns setof app.entered
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp rows 1 as $$
declare
  e app.entered;
  caller text := coalesce(nullif(current_setting('role'), 'none'), session_user);
begin
  perform set_config('app.tenant_id', '', true);
  select u.id, u.login, u.name, r.id, r.code, r.name,
         r.permissions || case when t.manager_staff and r.builtin and r.code = 'manager'
                               then ' user.add user.set user.enrol user.unlock user_key.read session.read session.end' else '' end,
         u.language, u.customer_id, b.id, b.code, b.name, s.id, s.state,
         t.id, t.code, t.name, t.currency, t.currency_exponent,
         t.timezone, (extract(epoch from (now() at time zone t.timezone) - (now() at time zone 'UTC')) / 60)::int,
         coalesce($9, (now() at time zone t.timezone)::date), t.country_prefix, t.four_eyes_minor, t.collect_in_parts,
         t.over_payment_credit, t.backdate_days, t.renew_ahead_days, t.policy_pattern, t.receipt_pattern,
         t.certificate_pattern, t.certificate_header, t.fleet_policies, t.reminder_days, t.modules_off, coalesce(t.brand_name, t.name),
         t.brand_colour, case when u.customer_id is not null then 'customer' when r.branch_scope then 'branch' else '' end,
         coalesce(u.customer_id, u.branch_id), r.permissions ~ '(^| )user_key\.(\*|read)( |$)' or (t.manager_staff and r.builtin and r.code = 'manager')
    into e
    from app.tenant t
    join app.session s on s.tenant_id = t.id and s.token = $3 and s.user_id = $2 and s.state in (2, 3) and s.ends_at > now()
    join app.user_account u on u.tenant_id = t.id and u.id = s.user_id and u.is_active
    join app.role r on r.tenant_id = t.id and r.id = u.role_id and r.is_active
    join app.branch b on b.tenant_id = t.id and b.id = u.branch_id
   where t.id = $1 and t.status = 1 and (t.id = 0) = (caller = 'bima_platform');
  if not found then
    return;
  end if;
  perform set_config('app.tenant_id', e.tenant_id::text, true), set_config('app.user_id', e.user_id::text, true),
          set_config('app.actor', e.name || ' (' || e.login || ')', true), set_config('app.request_id', coalesce($4, ''), true),
          set_config('app.address', coalesce($5, ''), true), set_config('app.client', coalesce($6, ''), true),
          set_config('app.reason', coalesce($7, ''), true), set_config('app.action', coalesce($8, ''), true),
          set_config('app.today', e.today::text, true), set_config('app.session_id', e.session_id::text, true),
          set_config('app.scope', e.scope, true), set_config('app.scope_id', e.scope_id::text, true),
          set_config('app.sees_users', case when e.sees_users then 'yes' else '' end, true);
  return next e;
end $$;

-- A session at sign-in; its public id. `state` 1, 2 or 3.
create function app.open_session(tenant int, "user" bigint, token bigint, state int, method text, address text, client text)
returns bigint
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  insert into app.session (tenant_id, token, user_id, state, method, address, client, ends_at)
  select t.id, $3, $2, $4::smallint, $5, $6, $7, now() + make_interval(hours => t.session_hours) from app.tenant t where t.id = $1
  returning id
$$;
grant execute on function app.new_id(regclass, int) to bima_search;
grant create on schema app to bima_search;
alter function app.enter(int, bigint, bigint, text, text, text, text, text, date) owner to bima_search;
alter function app.open_session(int, bigint, bigint, int, text, text, text) owner to bima_search;
revoke create on schema app from bima_search;
set local role bima_search;
grant execute on function app.enter(int, bigint, bigint, text, text, text, text, text, date),
  app.open_session(int, bigint, bigint, int, text, text, text) to bima_worker, bima_platform;
set local role bima_owner;

-- ---------------------------------------------------------------- a company and all it needs to begin
create or replace function app.provision_company(code text, name text, domain text, admin_login text, admin_hash text,
                                      branches jsonb default '[["HQ", "Head office"]]') returns int
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  tenant int;
  head bigint;
begin
  perform set_config('app.actor', coalesce(nullif(current_setting('app.actor', true), ''), 'bimactl'), true),
          set_config('app.action', 'provision', true);
  insert into app.tenant (code, name) values (code, name) returning id into tenant;
  insert into app.tenant_domain (domain, tenant_id) values (lower(domain), tenant);
  perform app.provision_roles(tenant);
  insert into app.branch (tenant_id, code, name)
  select tenant, b ->> 0, b ->> 1 from jsonb_array_elements(branches) with ordinality as v(b, place) order by place;
  select b.id into head from app.branch b where b.tenant_id = tenant and b.code = branches -> 0 ->> 0;
  insert into app.user_account (tenant_id, login, name, role_id, branch_id, password_hash)
  select tenant, lower(admin_login), 'Administrator', r.id, head, admin_hash from app.role r where r.tenant_id = tenant and r.code = 'admin';
  perform app.provision_types(tenant);
  perform app.provision_products(tenant);
  return tenant;
end $$;
