-- The platform: companies that ask to join, their making, suspending and counting, defaults and field templates, what the
-- regulator may ask. bima_platform has no grant on any business table: what it learns of companies comes through the views
-- and functions below, which answer for tenant 0 alone.
set local role bima_owner;
select set_config('app.actor', 'service', true), set_config('app.action', 'migrate', true);

-- ---------------------------------------------------------------- the platform's own tables
create table app.company_request (
  tenant_id     int not null references app.tenant,
  id            bigint not null,
  version       int not null default 1,
  name          text not null,
  business_type text not null,
  phone         text not null,
  email         text not null,
  address       text not null,
  domain        text collate "C" not null,
  admin_name    text not null,
  admin_login   text collate "C" not null,
  admin_email   text not null,
  state         smallint not null default 1,              -- 1 pending 2 approved 3 rejected
  reason        text,                                     -- why it was rejected
  decided_by_id bigint,
  decided_at    timestamptz,
  company_id    bigint,                                   -- what became of it
  source        text not null default '',                 -- address it came from
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, decided_by_id) references app.user_account,
  constraint state_known check (state between 1 and 3),
  constraint name_given check (name <> ''),
  constraint decided_whole check ((state = 1) = (decided_at is null)),
  constraint rejected_why check (state <> 3 or reason <> '')
);
create index company_request_by_state on app.company_request (tenant_id, state, created_at, id);
create index company_request_by_source on app.company_request (tenant_id, source, created_at);

create table app.field_template (
  tenant_id  int not null references app.tenant,
  id         bigint not null,
  version    int not null default 1,
  subject    smallint not null,                           -- 1 customer 2 vehicle 3 policy 4 claim
  name       text collate "C" not null,
  label      text not null,
  type       smallint not null,                           -- 1 text 2 number 3 date 4 yes or no 5 choice
  required   boolean not null default false,
  choices    text,                                        -- of a choice: one a line
  help       text,
  level      smallint not null default 1,                 -- 1 recommended 2 locked
  is_active  boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, subject, name),
  constraint subject_known check (subject between 1 and 4),
  constraint type_known check (type between 1 and 5),
  constraint level_known check (level between 1 and 2),
  constraint name_form check (name ~ '^[a-z][a-z0-9_]{0,31}$'),
  constraint choices_whole check ((type = 5) = (coalesce(choices, '') <> ''))
);
create table app.platform_default (
  tenant_id  int not null references app.tenant,
  id         bigint not null,
  version    int not null default 1,
  code       text collate "C" not null,
  label      text not null,
  value      text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, code)
);
-- What a company's people did on a day: counts and times, kept by the workers.
create table app.usage_day (
  tenant_id  int not null default 0 references app.tenant,
  id         bigint generated always as identity,
  company_id bigint not null,
  day        date not null,
  requests   int not null default 0,
  refusals   int not null default 0,
  errors     int not null default 0,
  sign_ins   int not null default 0,
  time_us    bigint not null default 0,                   -- of all requests together
  max_us     int not null default 0,
  primary key (tenant_id, company_id, day)
) with (fillfactor = 70);
create index usage_by_day on app.usage_day (tenant_id, day, id);
-- Failures of the service: no text of a request or a record.
create table app.error_note (
  tenant_id  int not null default 0 references app.tenant,
  id         bigint generated always as identity,
  at         timestamptz not null default now(),
  company_id bigint,
  code       text not null,
  cause      text not null,
  request_id text not null,
  method     text not null,
  primary key (tenant_id, id),
  constraint words_only check (code ~ '^[A-Z_]{1,24}$' and cause ~ '^[A-Za-z0-9_ .:?-]{0,80}$'
                               and request_id ~ '^[a-z0-9]{0,32}$' and method ~ '^[a-z_ .]{0,80}$')
);
create index error_note_by_day on app.error_note (tenant_id, at, id);
-- How many actions a platform user took in his latest minute.
create table app.platform_pace (
  tenant_id int not null default 0 references app.tenant,
  user_id   bigint not null,
  minute    timestamptz not null,
  n         int not null,
  primary key (tenant_id, user_id)
);

do $$
declare
  t record;
begin
  for t in select * from (values ('company_request', 33), ('field_template', 35), ('platform_default', 36)) as v(name, number) loop
    execute format('create sequence app.%I as bigint minvalue 1 maxvalue 4294967295 cache 1', t.name || '_seq');
    execute format('alter table app.%I alter column id set default app.new_id(%L, %s)', t.name, 'app.' || t.name || '_seq', t.number);
    execute format('alter sequence app.%I owned by app.%I.id', t.name || '_seq', t.name);
    execute format('create trigger a_first_version before insert on app.%I for each row execute function app.first_version()', t.name);
    execute format('create trigger a_bump_version before update on app.%I for each row execute function app.bump_version()', t.name);
    execute format('create trigger c_history after insert or update on app.%I for each row execute function app.keep_history(%L)', t.name, t.name);
    execute format('create trigger never_deleted before delete on app.%I for each row execute function app.refuse_change()', t.name);
    execute format('create trigger never_emptied before truncate on app.%I for each statement execute function app.refuse_change()', t.name);
    execute format('grant select, insert on app.%I to bima_platform', t.name);
  end loop;
  for t in select * from (values ('company_request'), ('field_template'), ('platform_default'), ('usage_day'), ('error_note'), ('platform_pace')) as v(name) loop
    execute format('alter table app.%I add constraint platform_only check (tenant_id = 0)', t.name);
    execute format('alter table app.%I enable row level security', t.name);
    execute format('alter table app.%I force row level security', t.name);
    execute format('create policy owner_all on app.%I to bima_owner using (true) with check (true)', t.name);
    execute format('create policy own_tenant on app.%I to bima_platform using (tenant_id = current_setting(''app.tenant_id'')::int) '
                   'with check (tenant_id = current_setting(''app.tenant_id'')::int)', t.name);
  end loop;
end $$;
revoke insert on app.company_request, app.platform_default from bima_platform;
grant insert (tenant_id, name, business_type, phone, email, address, domain, admin_name, admin_login, admin_email) on app.company_request to bima_platform;
grant update (updated_at) on app.company_request to bima_platform;      -- what locking a row asks for; it changes nothing
grant update (version, updated_at, label, required, choices, help, level, is_active) on app.field_template to bima_platform;
grant update (version, updated_at, value) on app.platform_default to bima_platform;
grant select on app.usage_day, app.error_note to bima_platform;

-- ---------------------------------------------------------------- who may ask
-- Every function below begins with one of these: the request is the platform's, its user's role has the word, and he does not
-- act faster than people do. Work on the server machine (bimactl) has no user and runs as the owner.
create function app.platform_role() returns text
language sql stable set search_path = pg_catalog, pg_temp as $$ select coalesce(nullif(current_setting('role'), 'none'), session_user) $$;

create function app.platform_asks(entity text, verb text) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  words text;
begin
  if coalesce(current_setting('app.tenant_id', true), '') <> '0' then
    raise exception 'not the platform' using errcode = 'insufficient_privilege';
  end if;
  if app.user_id() is null and app.platform_role() <> 'bima_platform' then
    return;
  end if;
  select ' ' || r.permissions || ' ' into words
    from app.user_account u join app.role r on r.tenant_id = 0 and r.id = u.role_id and r.is_active
   where u.tenant_id = 0 and u.id = app.user_id() and u.is_active;
  if words is null or (strpos(words, ' ' || entity || '.' || verb || ' ') = 0 and strpos(words, ' ' || entity || '.* ') = 0) then
    raise exception 'the role does not allow this' using errcode = 'insufficient_privilege';
  end if;
end $$;

create function app.platform_acts(entity text, verb text) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  most constant int := 30;
  taken int;
begin
  perform app.platform_asks(entity, verb);
  if app.user_id() is null then
    return;
  end if;
  insert into app.platform_pace as p (user_id, minute, n) values (app.user_id(), date_trunc('minute', clock_timestamp()), 1)
  on conflict (tenant_id, user_id) do update
    set n = case when p.minute = excluded.minute then p.n + 1 else 1 end, minute = excluded.minute
  returning n into taken;
  if taken > most then
    raise exception 'these are too many actions in one minute: wait a minute, then go on'
      using errcode = 'check_violation', constraint = 'platform_pace', table = 'platform_pace';
  end if;
end $$;

-- The audit of the platform's action: in its own log and, where it is about a company, in that company's. 0017 fills it in.
create function app.platform_note(company bigint, what text, entity text, row_id bigint, detail text) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$ begin end $$;

-- What is written into a company's rows by the platform says so: no user of the company did it.
create function app.platform_signs() returns text
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  was text := coalesce(current_setting('app.actor', true), '') || E'\n' || coalesce(current_setting('app.user_id', true), '');
begin
  perform set_config('app.actor', 'Platform: ' || coalesce(nullif(current_setting('app.actor', true), ''), 'service'), true),
          set_config('app.user_id', '', true);
  return was;
end $$;
create function app.platform_signed(was text) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select set_config('app.actor', split_part($1, E'\n', 1), true), set_config('app.user_id', split_part($1, E'\n', 2), true)
$$;

-- The company, locked. Fails with the words of a record that is not there.
create function app.platform_company(company bigint) returns app.tenant
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  t app.tenant;
begin
  select * into t from app.tenant where id = company and id > 0 for no key update;
  if not found then
    raise exception 'no such company' using errcode = 'check_violation', constraint = 'company_there', table = 'tenant';
  end if;
  return t;
end $$;

-- ---------------------------------------------------------------- domains
alter table app.tenant_domain
  add column number     bigint generated always as identity,
  add column created_at timestamptz not null default now();
-- A domain is no record of business: a company gives one up. The functions below keep the last.
drop trigger never_deleted on app.tenant_domain;

-- The sentence that says what is wrong with a domain, or null.
create function app.domain_problem(domain text) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case
    when $1 is null or $1 = '' then 'a domain is needed: what stands behind the @ of a login, such as simba.co.tz'
    when length($1) > 100 then 'the domain is too long: at most 100 characters'
    when $1 !~ '^[a-z0-9.-]+$' then 'a domain has small letters a to z, digits, dots and dashes only'
    when $1 !~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$' or $1 !~ '\.[a-z][a-z0-9-]*[a-z0-9]$'
      then 'this is no domain: expected words with dots between, such as simba.co.tz'
  end
$$;

create function app.check_domain(domain text) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  problem text := app.domain_problem(domain);
begin
  if problem is not null then
    raise exception '%', problem using errcode = 'check_violation', constraint = 'domain_word', table = 'tenant_domain', column = 'domain';
  end if;
  if exists (select from app.tenant_domain d where d.domain = check_domain.domain) then
    raise exception 'that domain is taken' using errcode = 'unique_violation', constraint = 'domain_taken', table = 'tenant_domain';
  end if;
end $$;

-- ---------------------------------------------------------------- what companies look like from the platform
-- Views of the owner: columns and rows end here, and a request that is not the platform's sees nothing.
create view app.company as
  select 0 as tenant_id, t.id::bigint as id, t.version, t.code, t.name, t.status, t.status_reason,
         (select string_agg(d.domain, ' ' order by d.number) from app.tenant_domain d where d.tenant_id = t.id) as domains,
         t.business_type, t.phone, t.email, t.address, t.currency, t.timezone, t.regulator_access,
         null::text as branch_code, null::text as branch_name, null::text as admin_login, null::text as admin_name, null::text as admin_email,
         t.created_at, t.updated_at
    from app.tenant t where t.id > 0 and current_setting('app.tenant_id', true) = '0';
create unique index tenant_by_number on app.tenant ((id::bigint));
create view app.company_domain as
  select 0 as tenant_id, d.number as id, 1 as version, d.domain, d.tenant_id::bigint as company_id, d.created_at
    from app.tenant_domain d where d.tenant_id > 0 and current_setting('app.tenant_id', true) = '0';
-- Counts that are kept anyway: nothing here looks at a business record.
create view app.company_health as
  select 0 as tenant_id, t.id::bigint as id, t.version, t.code, t.name, t.status,
         (select count(*)::int from app.user_account u where u.tenant_id = t.id and u.is_active) as users,
         (select count(*)::int from app.session s where s.tenant_id = t.id and s.state < 4 and s.ends_at > now()) as sessions,
         (select coalesce(sum(n), 0)::int from app.due_count c where c.tenant_id = t.id and c.kind = 1 and c.due_date >= current_date) as covers,
         (select coalesce(sum(n), 0)::int from app.due_count c where c.tenant_id = t.id and c.kind = 2) as waiting,
         (select max(s.seen_at) from app.session s where s.tenant_id = t.id) as seen_at
    from app.tenant t where t.id > 0 and current_setting('app.tenant_id', true) = '0';
create view app.company_usage with (security_invoker = true) as
  select tenant_id, id, 1 as version, day, nullif(company_id, 0) as company_id, requests, refusals, errors, sign_ins,
         case when requests > 0 then (time_us / requests)::int end as mean_us, max_us
    from app.usage_day;
create view app.service_error with (security_invoker = true) as
  select tenant_id, id, 1 as version, at, company_id, code, cause, method, request_id from app.error_note;
grant select, insert, update on app.company to bima_platform;
grant select on app.company_domain, app.company_health, app.company_usage, app.service_error to bima_platform;

-- ---------------------------------------------------------------- history of a company, as the platform keeps it
-- A version whenever something of it changes that the platform sees, and whenever the platform touches it.
create function app.company_doc(t app.tenant, domains text) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select jsonb_build_object('id', t.id, 'version', t.version, 'code', t.code, 'name', t.name, 'status', t.status, 'status_reason', t.status_reason,
                            'business_type', t.business_type, 'phone', t.phone, 'email', t.email, 'address', t.address, 'domains', domains,
                            'currency', t.currency, 'timezone', t.timezone, 'regulator_access', t.regulator_access,
                            'created_at', t.created_at, 'updated_at', t.updated_at)
$$;
create function app.company_domains(company int) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select string_agg(d.domain, ' ' order by d.number) from app.tenant_domain d where d.tenant_id = company
$$;
create function app.keep_company() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  by_platform constant boolean := coalesce(current_setting('app.tenant_id', true), '') = '0';
  domains text := app.company_domains(new.id);
  before jsonb;
begin
  if new.id = 0 then
    return null;
  end if;
  if tg_op = 'UPDATE' then
    before := app.company_doc(old, coalesce(nullif(current_setting('app.domains_before', true), ''), domains));
    if not by_platform and before - '{version,updated_at}'::text[] = app.company_doc(new, domains) - '{version,updated_at}'::text[] then
      return null;
    end if;
  end if;
  insert into app.history (tenant_id, tbl, row_id, op, action, actor_id, actor, address, client, request_id, reason, before, after)
  values (0, 'company', new.id, left(tg_op, 1)::"char", nullif(current_setting('app.action', true), ''),
          case when by_platform then nullif(current_setting('app.platform_user', true), '')::bigint end,
          case when not by_platform and tg_op = 'UPDATE' then 'The company'
               else coalesce(nullif(regexp_replace(current_setting('app.actor', true), '^Platform: ', ''), ''), 'service') end,
          case when by_platform then nullif(current_setting('app.address', true), '') end,
          case when by_platform then nullif(current_setting('app.client', true), '') end,
          case when by_platform then nullif(current_setting('app.request_id', true), '') end,
          case when by_platform then nullif(current_setting('app.reason', true), '') end, before, app.company_doc(new, domains));
  return null;
end $$;
insert into app.history (tenant_id, tbl, row_id, op, action, actor, after)
select 0, 'company', t.id, 'I', 'migrate', 'service', app.company_doc(t, app.company_domains(t.id)) from app.tenant t where t.id > 0;
create trigger d_company after insert or update on app.tenant for each row execute function app.keep_company();

-- ---------------------------------------------------------------- defaults of new companies
insert into app.platform_default (tenant_id, code, label, value) values
  (0, 'currency', 'Currency', 'TZS'),
  (0, 'timezone', 'Time zone', 'Africa/Dar_es_Salaam'),
  (0, 'country_prefix', 'Country prefix of phone numbers', '255'),
  (0, 'policy_pattern', 'Numbers of policies', '{branch}/{year}/{seq:6}'),
  (0, 'receipt_pattern', 'Numbers of receipts', 'R/{branch}/{year}/{seq:6}'),
  (0, 'certificate_pattern', 'Numbers of certificates', 'C/{branch}/{year}/{seq:6}'),
  (0, 'reminder_days', 'Days before a cover ends', '60 30 14 7 1'),
  (0, 'backdate_days', 'Days a cover may start in the past', '0'),
  (0, 'renew_ahead_days', 'Days a renewal may be taken ahead', '366'),
  (0, 'idle_minutes', 'Minutes until an idle session ends', '240'),
  (0, 'session_hours', 'Longest session, in hours', '24'),
  (0, 'second_factor', 'Administrators need a second factor', 'no'),
  (0, 'modules_off', 'Modules that begin switched off', '');

create function app.platform_default(code text) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select d.value from app.platform_default d where d.tenant_id = 0 and d.code = $1
$$;

-- ISO 4217: digits behind the point of the currencies that have not two.
create function app.currency_exponent(currency text) returns int
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case when $1 in ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') then 0
              when $1 in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 3 else 2 end
$$;

-- Amounts are counts of the currency's smallest unit: it is fixed once there is business.
create function app.guard_currency() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from app.policy where tenant_id = new.id) or exists (select from app.receipt where tenant_id = new.id) then
    raise exception 'the currency is fixed: there is business in it' using errcode = 'check_violation', constraint = 'currency_fixed', table = 'tenant';
  end if;
  new.currency_exponent := app.currency_exponent(new.currency);
  return new;
end $$;
create trigger a_currency before update of currency on app.tenant for each row when (new.currency <> old.currency)
  execute function app.guard_currency();
grant update (currency) on app.tenant, app.setting to bima_worker;

-- A name of the time zone database, such as Africa/Dar_es_Salaam.
create function app.timezone_known(timezone text) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform now() at time zone $1;
  return $1 = 'UTC' or $1 ~ '^[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+)+$';
exception when invalid_parameter_value then
  return false;
end $$;
grant execute on function app.timezone_known(text), app.currency_exponent(text) to bima_worker, bima_platform;

-- ---------------------------------------------------------------- a company and all it needs to begin, in one transaction
-- `d`: code, name, domains (array); may hold branches ([["KK", "Kariakoo"], …], the first is the administrator's), admin_login,
-- admin_name, admin_email, admin_hash, currency, timezone, business_type, phone, email, address.
create function app.make_company(d jsonb) returns int
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  tenant int;
  head bigint;
  branches jsonb := coalesce(d -> 'branches', '[["HQ", "Head office"]]');
  currency text := coalesce(d ->> 'currency', app.platform_default('currency'));
begin
  insert into app.tenant (code, name, currency, currency_exponent, timezone, country_prefix, policy_pattern, receipt_pattern, certificate_pattern,
                          reminder_days, backdate_days, renew_ahead_days, idle_minutes, session_hours, modules_off,
                          business_type, phone, email, address)
  values (d ->> 'code', d ->> 'name', currency, app.currency_exponent(currency), coalesce(d ->> 'timezone', app.platform_default('timezone')),
          app.platform_default('country_prefix'), app.platform_default('policy_pattern'), app.platform_default('receipt_pattern'),
          app.platform_default('certificate_pattern'), app.platform_default('reminder_days'), app.platform_default('backdate_days')::int,
          app.platform_default('renew_ahead_days')::int, app.platform_default('idle_minutes')::int, app.platform_default('session_hours')::int,
          app.platform_default('modules_off'), d ->> 'business_type', d ->> 'phone', d ->> 'email', d ->> 'address')
  returning id into tenant;
  insert into app.tenant_domain (domain, tenant_id) select lower(v), tenant from jsonb_array_elements_text(d -> 'domains') as v;
  perform app.provision_roles(tenant);
  if app.platform_default('second_factor') = 'yes' then
    update app.role set second_factor = true where tenant_id = tenant and code = 'admin';
  end if;
  insert into app.branch (tenant_id, code, name)
  select tenant, b ->> 0, b ->> 1 from jsonb_array_elements(branches) with ordinality as v(b, place) order by place;
  select b.id into head from app.branch b where b.tenant_id = tenant and b.code = branches -> 0 ->> 0;
  insert into app.user_account (tenant_id, login, name, email, role_id, branch_id, password_hash)
  select tenant, lower(coalesce(d ->> 'admin_login', 'admin')), coalesce(d ->> 'admin_name', 'Administrator'), d ->> 'admin_email', r.id, head,
         d ->> 'admin_hash'
    from app.role r where r.tenant_id = tenant and r.code = 'admin';
  perform app.provision_types(tenant);
  perform app.provision_products(tenant);
  return tenant;
end $$;

create or replace function app.provision_company(code text, name text, domain text, admin_login text, admin_hash text,
                                                 branches jsonb default '[["HQ", "Head office"]]') returns int
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform set_config('app.actor', coalesce(nullif(current_setting('app.actor', true), ''), 'bimactl'), true),
          set_config('app.action', 'provision', true);
  return app.make_company(jsonb_build_object('code', code, 'name', name, 'domains', jsonb_build_array(domain), 'admin_login', admin_login,
                                             'admin_hash', admin_hash, 'branches', branches));
end $$;

-- As make_company, by the platform: checks, signs and notes. Gives the company's number.
create function app.company_make(d jsonb, what text) returns bigint
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  was text;
  company int;
  domain text;
begin
  if coalesce(jsonb_array_length(d -> 'domains'), 0) = 0 then
    perform app.check_domain(null);
  end if;
  for domain in select jsonb_array_elements_text(d -> 'domains') loop
    perform app.check_domain(domain);
  end loop;
  perform set_config('app.platform_user', coalesce(current_setting('app.user_id', true), ''), true);
  was := app.platform_signs();
  company := app.make_company(d);
  update app.tenant set updated_at = now() where id = company;          -- its domains are there now: for the platform's history
  perform app.platform_signed(was);
  perform app.platform_note(company, what, 'company', company, null);
  return company;
end $$;

create function app.company_add() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform app.platform_acts('company', 'add');
  new.id := app.company_make(jsonb_strip_nulls(jsonb_build_object(
    'code', new.code, 'name', new.name, 'domains', to_jsonb(regexp_split_to_array(trim(new.domains), '\s+')),
    'branches', jsonb_build_array(jsonb_build_array(coalesce(new.branch_code, 'HQ'), coalesce(new.branch_name, 'Head office'))),
    'admin_login', new.admin_login, 'admin_name', new.admin_name, 'admin_email', new.admin_email, 'currency', new.currency,
    'timezone', new.timezone, 'business_type', new.business_type, 'phone', new.phone, 'email', new.email, 'address', new.address)), 'company.add');
  select version, status, currency, timezone, regulator_access, created_at, updated_at
    into new.version, new.status, new.currency, new.timezone, new.regulator_access, new.created_at, new.updated_at
    from app.tenant where id = new.id;
  new.tenant_id := 0;
  return new;
end $$;
create trigger company_add instead of insert on app.company for each row execute function app.company_add();

-- How to reach a company is the platform's to keep; its settings are not.
create function app.company_set() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  was text;
begin
  perform app.platform_acts('company', 'set');
  perform app.platform_company(old.id);
  perform set_config('app.platform_user', coalesce(current_setting('app.user_id', true), ''), true);
  was := app.platform_signs();
  update app.tenant t
     set name = new.name, business_type = new.business_type, phone = new.phone, email = new.email, address = new.address
   where t.id = old.id returning t.version, t.updated_at into new.version, new.updated_at;
  perform app.platform_signed(was);
  perform app.platform_note(old.id, 'company.set', 'company', old.id, null);
  return new;
end $$;
create trigger company_set instead of update on app.company for each row execute function app.company_set();

-- ---------------------------------------------------------------- actions on a company
create function app.company_touch(company bigint, state int, why text, what text) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  was text;
begin
  perform set_config('app.platform_user', coalesce(current_setting('app.user_id', true), ''), true);
  was := app.platform_signs();
  update app.tenant set status = coalesce(state, status), status_reason = case when state is null then status_reason else why end, updated_at = now()
   where id = company;
  perform app.platform_signed(was);
  perform app.platform_note(company, what, 'company', company, why);
end $$;

create function app.company_suspend(company bigint, why text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  t app.tenant;
  was text;
begin
  perform app.platform_acts('company', 'suspend');
  t := app.platform_company(company);
  if t.status <> 1 then
    raise exception 'the company is suspended already' using errcode = 'check_violation', constraint = 'company_status', table = 'tenant';
  end if;
  if coalesce(trim(why), '') = '' then
    raise exception 'say why the company is suspended' using errcode = 'check_violation', constraint = 'company_reason', table = 'tenant';
  end if;
  perform app.company_touch(company, 2, why, 'company.suspend');
  was := app.platform_signs();
  update app.session set state = 4, ended_at = now(),
         end_reason = coalesce(t.brand_name, t.name) || ' is suspended. Nothing is lost: ask your administrator.'
   where tenant_id = company and state < 4;
  perform app.platform_signed(was);
end $$;

create function app.company_activate(company bigint, why text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  t app.tenant;
begin
  perform app.platform_acts('company', 'activate');
  t := app.platform_company(company);
  if t.status <> 2 then
    raise exception 'the company is active already' using errcode = 'check_violation', constraint = 'company_status', table = 'tenant';
  end if;
  perform app.company_touch(company, 1, nullif(why, ''), 'company.activate');
end $$;

create function app.company_add_domain(company bigint, domain text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform app.platform_acts('company', 'add_domain');
  perform app.platform_company(company);
  perform app.check_domain(domain);
  perform set_config('app.domains_before', (select string_agg(d.domain, ' ' order by d.number) from app.tenant_domain d where d.tenant_id = company), true);
  insert into app.tenant_domain (domain, tenant_id) values (domain, company);
  perform app.company_touch(company, null, domain, 'company.add_domain');
  perform set_config('app.domains_before', '', true);
end $$;

create function app.company_drop_domain(company bigint, domain text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform app.platform_acts('company', 'drop_domain');
  perform app.platform_company(company);
  if not exists (select from app.tenant_domain d where d.tenant_id = company and d.domain = $2) then
    raise exception 'the company has no such domain' using errcode = 'check_violation', constraint = 'domain_there', table = 'tenant_domain';
  end if;
  if (select count(*) from app.tenant_domain d where d.tenant_id = company) = 1 then
    raise exception 'this is the company''s last domain: without one nobody could sign in; add another first'
      using errcode = 'check_violation', constraint = 'domain_last', table = 'tenant_domain';
  end if;
  perform set_config('app.domains_before', (select string_agg(d.domain, ' ' order by d.number) from app.tenant_domain d where d.tenant_id = company), true);
  delete from app.tenant_domain d where d.tenant_id = company and d.domain = $2;
  perform app.company_touch(company, null, domain, 'company.drop_domain');
  perform set_config('app.domains_before', '', true);
end $$;

-- A user of the company by login; only_admin: the platform helps administrators, who help the others.
create function app.company_user(company bigint, login text, only_admin boolean) returns bigint
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  found_user bigint;
begin
  select u.id into found_user
    from app.user_account u join app.role r on r.tenant_id = u.tenant_id and r.id = u.role_id
   where u.tenant_id = company and u.login = lower(trim($2)) and (not only_admin or (r.builtin and r.code = 'admin'));
  if found_user is null then
    raise exception '%', case when only_admin then 'the company has no administrator of this login' else 'the company has no user of this login' end
      using errcode = 'check_violation', constraint = 'company_user', table = 'user_account';
  end if;
  return found_user;
end $$;

create function app.company_switch_user(company bigint, login text, active boolean, why text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  verb constant text := case when active then 'enable_user' else 'disable_user' end;
  target bigint;
  was text;
begin
  perform app.platform_acts('company', verb);
  perform app.platform_company(company);
  target := app.company_user(company, login, false);
  was := app.platform_signs();
  update app.user_account set is_active = active where tenant_id = company and id = target and is_active <> active;
  if not found then
    raise exception '%', case when active then 'this account is active already' else 'this account is switched off already' end
      using errcode = 'check_violation', constraint = 'company_user', table = 'user_account';
  end if;
  perform app.platform_signed(was);
  perform app.platform_note(company, 'company.' || verb, 'user', target, why);
end $$;

-- A one-time token for an administrator, who sets his account up anew: password and second factor are void. `hash` is the
-- token's; when it ends.
create function app.company_admin_token(company bigint, login text, hash bytea) returns timestamptz
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  target bigint;
  was text;
  ends timestamptz;
begin
  perform app.platform_acts('company', 'admin_token');
  perform app.platform_company(company);
  target := app.company_user(company, login, true);
  was := app.platform_signs();
  perform app.drop_factor(company::int, target, app.ended_by('Your account is set up anew'));
  ends := app.issue_token(company::int, target, hash, 2, 72);
  perform app.platform_signed(was);
  perform app.platform_note(company, 'company.admin_token', 'user', target, null);
  return ends;
end $$;

-- ---------------------------------------------------------------- requests to join
-- Who asks is a stranger: little is believed, and little can be left behind. He signs in as `register`, which has no secret and
-- may do nothing else; switched off, nobody can ask.
insert into app.user_account (tenant_id, login, name, role_id, branch_id)
select 0, 'register', 'Registration', r.id, b.id from app.role r, app.branch b where r.tenant_id = 0 and r.code = 'register' and b.tenant_id = 0;

create function app.guard_request() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  from_here constant int := 5;      -- of one address in a day
  a_day constant int := 200;
  waiting constant int := 1000;
begin
  new.source := coalesce(current_setting('app.address', true), '');
  new.state := 1;
  perform pg_advisory_xact_lock(20817, 0);                  -- one after the other: the counts below hold
  if (select count(*) from app.company_request where tenant_id = 0 and source = new.source and created_at > now() - interval '1 day') >= from_here then
    raise exception 'too many requests came from your address today: try again tomorrow'
      using errcode = 'check_violation', constraint = 'request_pace', table = 'company_request';
  end if;
  if (select count(*) from (select from app.company_request where tenant_id = 0 and created_at > now() - interval '1 day' limit a_day) x) >= a_day
     or (select count(*) from (select from app.company_request where tenant_id = 0 and state = 1 limit waiting) x) >= waiting then
    raise exception 'too many requests are waiting: try again tomorrow'
      using errcode = 'check_violation', constraint = 'request_pace', table = 'company_request';
  end if;
  perform app.check_domain(new.domain);
  perform app.platform_note(null, 'company_request.add', 'company_request', new.id, null);
  return new;
end $$;
create trigger b_guard before insert on app.company_request for each row execute function app.guard_request();
-- Does a company have the domain? All that a stranger may learn.
create function app.domain_taken(domain text) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (select from app.tenant_domain d where d.domain = $1)
$$;

create function app.request_open(request bigint) returns app.company_request
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  r app.company_request;
begin
  select * into r from app.company_request where tenant_id = 0 and id = request for no key update;
  if not found or r.state <> 1 then
    raise exception 'the request was decided already' using errcode = 'check_violation', constraint = 'request_decided', table = 'company_request';
  end if;
  return r;
end $$;

-- `hash`: of the first administrator's one-time token.
create function app.request_approve(request bigint, code text, branch_code text, branch_name text, hash bytea)
returns table (company bigint, ends timestamptz)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp rows 1 as $$
declare
  r app.company_request;
  made bigint;
  was text;
begin
  perform app.platform_acts('company_request', 'approve');
  r := app.request_open(request);
  made := app.company_make(jsonb_build_object(
    'code', code, 'name', r.name, 'domains', jsonb_build_array(r.domain),
    'branches', jsonb_build_array(jsonb_build_array(branch_code, branch_name)), 'admin_login', r.admin_login, 'admin_name', r.admin_name,
    'admin_email', r.admin_email, 'business_type', r.business_type, 'phone', r.phone, 'email', r.email, 'address', r.address), 'company_request.approve');
  update app.company_request set state = 2, decided_by_id = app.user_id(), decided_at = now(), company_id = made where tenant_id = 0 and id = request;
  was := app.platform_signs();
  ends := app.issue_token(made::int, app.company_user(made, r.admin_login, true), hash, 1, 72);
  perform app.platform_signed(was);
  company := made;
  return next;
end $$;

create function app.request_reject(request bigint, why text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform app.platform_acts('company_request', 'reject');
  perform app.request_open(request);
  update app.company_request set state = 3, decided_by_id = app.user_id(), decided_at = now(), reason = why where tenant_id = 0 and id = request;
  perform app.platform_note(null, 'company_request.reject', 'company_request', request, why);
end $$;

-- ---------------------------------------------------------------- what workers count
-- `rows`: [[company, day (null: today), requests, refusals, errors, sign_ins, time_us, max_us], …]. One statement a flush.
create function app.usage_add(rows jsonb) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  insert into app.usage_day as u (company_id, day, requests, refusals, errors, sign_ins, time_us, max_us)
  select (r ->> 0)::bigint, coalesce((r ->> 1)::date, current_date), (r ->> 2)::int, (r ->> 3)::int, (r ->> 4)::int, (r ->> 5)::int, (r ->> 6)::bigint, (r ->> 7)::int
    from jsonb_array_elements($1) as r order by 1, 2
  on conflict (tenant_id, company_id, day) do update
    set requests = u.requests + excluded.requests, refusals = u.refusals + excluded.refusals, errors = u.errors + excluded.errors,
        sign_ins = u.sign_ins + excluded.sign_ins, time_us = u.time_us + excluded.time_us, max_us = greatest(u.max_us, excluded.max_us)
$$;
-- The latest ten thousand are kept, and thirteen months of figures.
create function app.error_add(company bigint, code text, cause text, request_id text, method text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  at_most constant bigint := 10000;
  made bigint;
begin
  insert into app.error_note (company_id, code, cause, request_id, method)
  values ($1, $2, left(regexp_replace($3, '[^A-Za-z0-9_ .:-]', '?', 'g'), 80), $4, $5) returning id into made;
  if made % 100 = 0 then
    delete from app.error_note where tenant_id = 0 and id <= made - at_most;
    delete from app.usage_day where tenant_id = 0 and day < current_date - 400;
  end if;
end $$;

-- ---------------------------------------------------------------- from the server machine
-- Work of bimactl counts as the platform's.
create function app.platform_operator(action text) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select set_config('app.tenant_id', '0', false), set_config('app.user_id', '', false), set_config('app.actor', 'bimactl', false),
         set_config('app.action', $1, false), set_config('app.today', current_date::text, false)
$$;

-- A super admin, the first or a further one, and when his one-time token ends.
create function app.platform_admin(login text, name text, hash bytea) returns timestamptz
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  made bigint;
begin
  insert into app.user_account (tenant_id, login, name, role_id, branch_id)
  select 0, lower($1), $2, r.id, b.id from app.role r, app.branch b
   where r.tenant_id = 0 and r.code = 'super_admin' and b.tenant_id = 0 order by b.id limit 1 returning id into made;
  perform app.platform_note(null, 'platform_user.add', 'platform_user', made, null);
  return app.issue_token(0, made, hash, 1, 72);
end $$;

-- ---------------------------------------------------------------- home of the platform
create function app.platform_home()
returns table (active int, suspended int, pending_today int, pending_week int, pending int, errors_today int, errors_week int, errors_month int)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp rows 1 as $$
begin
  perform app.platform_asks('company', 'read');
  return query
    select (select count(*)::int from app.tenant where id > 0 and status = 1), (select count(*)::int from app.tenant where id > 0 and status = 2),
           (select count(*)::int from app.company_request where tenant_id = 0 and state = 1 and created_at >= current_date),
           (select count(*)::int from app.company_request where tenant_id = 0 and state = 1 and created_at >= current_date - 6),
           (select count(*)::int from app.company_request where tenant_id = 0 and state = 1),
           (select count(*)::int from app.error_note where tenant_id = 0 and at >= current_date),
           (select count(*)::int from app.error_note where tenant_id = 0 and at >= current_date - 6),
           (select count(*)::int from app.error_note where tenant_id = 0 and at >= current_date - 29);
end $$;

-- ---------------------------------------------------------------- the regulator
-- Only companies that granted it are there; of them, nothing that names a person.
create view app.compliance as
  select 0 as tenant_id, t.id::bigint as id, t.version, t.code, t.name, t.timezone
    from app.tenant t where t.id > 0 and t.status = 1 and t.regulator_access and current_setting('app.tenant_id', true) = '0';
grant select on app.compliance to bima_platform;

create function app.regulator_asks(company bigint, what text, detail text) returns setof app.tenant
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  t app.tenant;
begin
  for t in select * from app.tenant x where x.id > 0 and x.status = 1 and x.regulator_access and (company is null or x.id = company) order by x.code loop
    perform app.platform_note(t.id, what, 'compliance', t.id, detail);
    return next t;
  end loop;
end $$;

-- Was the vehicle of this plate or chassis (in the form it is found by) insured on the day?
create function app.compliance_insured(company bigint, wanted text, on_day date)
returns table (code text, name text, known boolean, insured boolean, from_date date, to_date date, certificate text)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform app.platform_acts('compliance', 'insured');
  return query
    select t.code, t.name, v.id is not null, c.id is not null, c.from_date, c.to_date, k.number
      from app.regulator_asks(company, 'compliance.insured', wanted || ' on ' || on_day) t
      left join lateral (select x.id from app.vehicle x where x.tenant_id = t.id and x.plate_key = wanted
                         union select x.id from app.vehicle x where x.tenant_id = t.id and x.chassis_key = wanted) v on true
      left join lateral (select x.id, x.from_date, x.to_date from app.cover x
                          where x.tenant_id = t.id and x.vehicle_id = v.id and x.in_force and x.from_date <= on_day and x.to_date >= on_day limit 1) c on true
      left join lateral (select x.number from app.certificate x where x.tenant_id = t.id and x.cover_id = c.id and x.state = 1 limit 1) k on true
     order by t.code;
end $$;

create function app.compliance_counts(company bigint, on_day date)
returns table (code text, name text, vehicles int, covered int, expired int)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform app.platform_acts('compliance', 'counts');
  return query
    select t.code, t.name, n.vehicles, n.covered, n.expired
      from app.regulator_asks(company, 'compliance.counts', on_day::text) t
      cross join lateral (
        select count(*)::int as vehicles, count(*) filter (where c.covered)::int as covered, count(*) filter (where not c.covered and c.was)::int as expired
          from app.vehicle v
          left join (select x.vehicle_id, bool_or(x.from_date <= on_day and x.to_date >= on_day) as covered, bool_or(x.to_date < on_day) as was
                       from app.cover x where x.tenant_id = t.id and x.in_force group by x.vehicle_id) c on c.vehicle_id = v.id
         where v.tenant_id = t.id and v.status = 1) n
     order by t.code;
end $$;

grant execute on function app.company_suspend(bigint, text), app.company_activate(bigint, text), app.company_add_domain(bigint, text),
  app.company_drop_domain(bigint, text), app.company_switch_user(bigint, text, boolean, text), app.domain_taken(text), app.domain_problem(text),
  app.request_approve(bigint, text, text, text, bytea), app.company_admin_token(bigint, text, bytea), app.request_reject(bigint, text), app.platform_home(),
  app.compliance_insured(bigint, text, date), app.compliance_counts(bigint, date) to bima_platform;
grant execute on function app.usage_add(jsonb), app.error_add(bigint, text, text, text, text) to bima_worker, bima_platform;
