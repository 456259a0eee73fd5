-- Signing in: passwords and how often one may be wrong, one-time tokens, second factors, keys, and which sessions must end.
-- What decides at the door is read and written by functions of bima_search; what people do with their account by functions
-- of the owner. Workers have no way to the tables of secrets.
set local role bima_owner;
select set_config('app.actor', 'service', true), set_config('app.action', 'migrate', true);

-- Companies' workers act for companies, the platform's for tenant 0; who administers the database for both.
create function app.on_side(tenant int) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case coalesce(nullif(current_setting('role'), 'none'), session_user)
           when 'bima_platform' then $1 = 0 when 'bima_worker' then $1 > 0 else true end
$$;

-- ---------------------------------------------------------------- tables
alter table app.user_account
  add column password_changed_at  timestamptz,
  add column must_change_password boolean not null default false;   -- signs in to choose one, and to nothing else before
alter table app.user_key
  add column last_used_at timestamptz;                              -- to the minute
alter table app.session
  add column reported_at timestamptz not null default now(),        -- a front last said that it is there, to the minute
  add column opened      boolean not null default false;            -- has been open: its address is one the user works from

-- Typed once where the password is asked, to set the account up. At most one of a user is open.
create table app.enrol_token (
  tenant_id  int not null references app.tenant,
  id         bigint not null,
  version    int not null default 1,
  user_id    bigint not null,
  hash       bytea not null,                                        -- of the token; the token itself is told once
  purpose    smallint not null,                                     -- 1 enrol 2 reset
  made_by    text not null,
  expires_at timestamptz not null,
  used_at    timestamptz,
  void_at    timestamptz,                                           -- another took its place
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references app.user_account,
  constraint hash_whole check (octet_length(hash) = 32),
  constraint purpose_known check (purpose in (1, 2)),
  constraint expires_soon check (expires_at <= created_at + interval '30 days')
);
create unique index one_open_token on app.enrol_token (tenant_id, user_id) where used_at is null and void_at is null;
create unique index enrol_token_hash on app.enrol_token (tenant_id, hash);

-- An authenticator (TOTP). One of a user counts; one that is not confirmed yet opens and asks nothing.
create table app.user_factor (
  tenant_id    int not null references app.tenant,
  id           bigint not null,
  version      int not null default 1,
  user_id      bigint not null,
  secret       bytea not null,                                      -- sealed under the company's key
  confirmed_at timestamptz,
  last_step    bigint not null default 0,                           -- of the last code that opened: no code opens twice
  dropped_at   timestamptz,
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references app.user_account
);
create unique index one_factor on app.user_factor (tenant_id, user_id) where dropped_at is null;
create table app.recovery_code (
  tenant_id int not null,
  factor_id bigint not null,
  hash      bytea not null,
  used_at   timestamptz,
  void_at   timestamptz,                                            -- new ones were made
  primary key (tenant_id, factor_id, hash),
  foreign key (tenant_id, factor_id) references app.user_factor,
  constraint hash_whole check (octet_length(hash) = 32)
);

-- Wrong passwords (kind 1) by user and source, '*' for all sources together, and wrong codes (kind 2). Waits grow and end by
-- themselves. Names that are not there are counted as well, in a few rows of tenant -1, so that they cost the same.
create table app.sign_in_failure (
  tenant_id    int not null,
  user_id      bigint not null,
  kind         smallint not null,
  source       text collate "C" not null,
  failures     int not null default 0,
  failed_at    timestamptz not null default now(),
  locked_until timestamptz,
  told         int not null default 0,                              -- right passwords answered while it is locked
  primary key (tenant_id, user_id, kind, source)
) with (fillfactor = 70);
create index sign_in_failure_by_age on app.sign_in_failure (tenant_id, failed_at);

create sequence app.enrol_token_seq as bigint minvalue 1 maxvalue 4294967295 cache 1;
alter table app.enrol_token alter column id set default app.new_id('app.enrol_token_seq', 60);
alter sequence app.enrol_token_seq owned by app.enrol_token.id;
create sequence app.user_factor_seq as bigint minvalue 1 maxvalue 4294967295 cache 1;
alter table app.user_factor alter column id set default app.new_id('app.user_factor_seq', 61);
alter sequence app.user_factor_seq owned by app.user_factor.id;

-- A front names its sessions by their secrets alone.
create unique index session_by_token on app.session (token);
drop index app.session_token_key;
-- seen_at and reported_at change all day: no index has them.
drop index app.session_alive;
create index session_alive on app.session (tenant_id, user_id) where state < 4;

do $$
declare
  t text;
begin
  foreach t in array array['enrol_token', 'user_factor', 'recovery_code', 'sign_in_failure'] loop
    execute format('alter table app.%I enable row level security', t);
    execute format('alter table app.%I force row level security', t);
    execute format('create policy owner_all on app.%I to bima_owner using (true) with check (true)', t);
    execute format('create policy own_tenant on app.%I to bima_worker, bima_jobs using (tenant_id = current_setting(''app.tenant_id'')::int) '
                   'with check (tenant_id = current_setting(''app.tenant_id'')::int)', t);
    execute format('create policy look_up on app.%I to bima_search using (true) with check (true)', t);
  end loop;
  foreach t in array array['enrol_token', 'user_factor', 'recovery_code'] loop
    execute format('create trigger never_deleted before delete on app.%I for each row execute function app.refuse_change()', t);
    execute format('create trigger never_emptied before truncate on app.%I for each statement execute function app.refuse_change()', t);
    continue when t = 'recovery_code';
    execute format('create trigger a_first_version before insert on app.%I for each row execute function app.first_version()', t);
    execute format('create trigger a_bump_version before update on app.%I for each row execute function app.bump_version()', t);
  end loop;
end $$;
create trigger c_history after insert or update on app.enrol_token for each row execute function app.keep_history('enrol_token', 'hash');
create trigger c_history after insert or update of secret, confirmed_at, dropped_at on app.user_factor
  for each row execute function app.keep_history('user_factor', 'secret');
create trigger c_history after insert or update of state on app.session for each row execute function app.keep_history('session', 'token');
-- What is noted by the way makes no new version and no history.
drop trigger a_bump_version on app.session;
create trigger a_bump_version before update of tenant_id, id, state, end_reason, created_at on app.session
  for each row execute function app.bump_version();
drop trigger a_bump_version on app.user_key;
create trigger a_bump_version before update of tenant_id, id, user_id, name, public_key, fingerprint, is_active, created_at on app.user_key
  for each row execute function app.bump_version();
drop trigger c_history on app.user_key;
create trigger c_history after insert or update of user_id, name, public_key, fingerprint, is_active on app.user_key
  for each row execute function app.keep_history('user_key');

grant select, update on app.enrol_token, app.user_factor, app.recovery_code to bima_search;
grant select, insert, update on app.sign_in_failure to bima_search;
grant update (last_used_at) on app.user_key to bima_search;
create policy noted on app.user_key for update to bima_search using (true) with check (true);
grant execute on function app.on_side(int) to bima_search, bima_worker, bima_platform;

-- Passwords, states of sessions and users' origins are no columns a worker writes.
revoke insert on app.user_account from bima_worker, bima_platform;
grant insert (tenant_id, login, name, email, phone, role_id, branch_id, customer_id, language, is_active) on app.user_account
  to bima_worker, bima_platform;
revoke update (password_hash, login) on app.user_account from bima_worker;
revoke insert on app.user_key from bima_worker, bima_platform;
grant insert (tenant_id, user_id, name, public_key, fingerprint, is_active) on app.user_key to bima_worker, bima_platform;
revoke update on app.session from bima_worker, bima_platform;
grant update (end_reason) on app.session to bima_worker, bima_platform;   -- enough to lock the row an action is about

-- ---------------------------------------------------------------- guards
create function app.guard_session() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if old.state = 4 or (new.state <> old.state and new.state < old.state and not (old.state = 3 and new.state = 2)) then
    raise exception 'a session does not go back' using errcode = 'check_violation', constraint = 'session_state', table = 'session';
  end if;
  new.opened := old.opened or new.state = 2;
  return new;
end $$;
create trigger b_guard before update of state on app.session for each row execute function app.guard_session();

-- A record of its own words: who did it.
create function app.ended_by(what text) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select $1 || coalesce(' by ' || nullif(current_setting('app.actor', true), ''), '') || '.'
$$;

-- Ends sessions of a user; the one of the request stays when `but_own`. How many ended.
create function app.end_user_sessions(tenant int, "user" bigint, why text, but_own boolean) returns int
language sql volatile set search_path = pg_catalog, pg_temp as $$
  with ended as (
    update app.session s set state = 4, ended_at = now(), end_reason = $3
     where s.tenant_id = $1 and s.user_id = $2 and s.state < 4
       and not ($4 and s.id = coalesce(nullif(current_setting('app.session_id', true), '')::bigint, 0))
    returning 1)
  select count(*)::int from ended
$$;

-- Passwords are dated; what takes rights away ends sessions; a company keeps somebody who manages its users.
create function app.guard_account() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  rules constant text := '(^| )(user|platform_user)\.\*( |$)';
begin
  if tg_op = 'INSERT' then
    if new.password_hash is not null then
      new.password_changed_at := now();
    end if;
    return new;
  end if;
  if new.password_hash is distinct from old.password_hash then
    new.password_changed_at := now();
  end if;
  if (old.is_active and not new.is_active) or new.role_id <> old.role_id then
    if not new.is_active and new.id = app.user_id() then
      raise exception 'nobody switches his own account off' using errcode = 'check_violation', constraint = 'user_own_account', table = 'user_account';
    end if;
    if (select permissions ~ rules and is_active from app.role where tenant_id = old.tenant_id and id = old.role_id) and old.is_active then
      perform pg_advisory_xact_lock(hashtext('app.user_account last'), old.tenant_id);
      if not (new.is_active and (select permissions ~ rules and is_active from app.role where tenant_id = new.tenant_id and id = new.role_id))
         and not exists (select from app.user_account u join app.role r on r.tenant_id = u.tenant_id and r.id = u.role_id
                          where u.tenant_id = old.tenant_id and u.id <> old.id and u.is_active and r.is_active and r.permissions ~ rules) then
        raise exception 'this is the last active administrator' using errcode = 'check_violation', constraint = 'user_last_admin', table = 'user_account';
      end if;
    end if;
    perform app.end_user_sessions(old.tenant_id, old.id, case when new.is_active then app.ended_by('Your role was changed')
                                                              else app.ended_by('Your account was switched off') end, false);
  end if;
  return new;
end $$;
create trigger b_guard_account before insert or update on app.user_account for each row execute function app.guard_account();

create function app.guard_key() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from app.user_account where tenant_id = new.tenant_id and id = new.user_id for no key update;
  if (select count(*) from app.user_key where tenant_id = new.tenant_id and user_id = new.user_id and is_active) >= 20 then
    raise exception 'a user has at most 20 keys: switch one off first' using errcode = 'check_violation', constraint = 'user_key_limit', table = 'user_key';
  end if;
  return new;
end $$;
create trigger b_guard before insert on app.user_key for each row when (new.is_active) execute function app.guard_key();

-- ---------------------------------------------------------------- at the door (bima_search)
grant create on schema app to bima_search;
set local role bima_search;
alter default privileges revoke execute on functions from public;

-- What signing in by a right secret leads to. factor: a confirmed one is there.
create function app.door(tenant int, "user" bigint)
returns table (refusal text, factor boolean, factor_wanted boolean, choose boolean, idle_seconds int, session_seconds int)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case when t.status <> 1 then coalesce(t.brand_name, t.name) || ' is suspended. Nothing is lost: ask your administrator.'
              when not u.is_active then 'Your account is switched off. Ask your administrator.'
              when not r.is_active then 'Your role is switched off. Ask your administrator.' end,
         f.id is not null, r.second_factor, u.must_change_password, t.idle_minutes * 60, t.session_hours * 3600
    from app.tenant t
    join app.user_account u on u.tenant_id = t.id and u.id = $2
    join app.role r on r.tenant_id = t.id and r.id = u.role_id
    left join app.user_factor f on f.tenant_id = t.id and f.user_id = u.id and f.confirmed_at is not null and f.dropped_at is null
   where t.id = $1
$$;

-- Before anything is known: "amina", "simba.co.tz", the hash of what was typed (it may be a one-time token), from where. No row:
-- no such user. wait: seconds this source must wait; tell: whether a right password may be told so. A source the user has
-- worked from lately has its own count alone: wrong passwords from elsewhere shut nobody out.
drop function app.login(text, text), app.login_key(text, text, text);
create function app.login(login text, domain text, token bytea, source text)
returns table (tenant_id int, user_id bigint, password_hash text, token_fits boolean, wait int, tell boolean, refusal text)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp rows 1 as $$
#variable_conflict use_column
declare
  known boolean;
begin
  perform set_config('synchronous_commit', 'off', true);
  select t.id, u.id, u.password_hash,
         exists (select from app.enrol_token e where e.tenant_id = t.id and e.hash = $3 and e.user_id = u.id and e.used_at is null
                    and e.void_at is null and e.expires_at > now()),
         (select d.refusal from app.door(t.id, u.id) d),
         exists (select from app.session s where s.tenant_id = t.id and s.user_id = u.id and s.opened and s.address = $4
                    and s.created_at > now() - interval '90 days')
    into tenant_id, user_id, password_hash, token_fits, refusal, known
    from app.tenant_domain d
    join app.tenant t on t.id = d.tenant_id and app.on_side(t.id)
    join app.user_account u on u.tenant_id = t.id and u.login = lower($1)
   where d.domain = lower($2);
  if not found then
    return;
  end if;
  with locked as (
    update app.sign_in_failure f set told = f.told + 1
     where f.tenant_id = login.tenant_id and f.user_id = login.user_id and f.kind = 1 and f.locked_until > now()
       and (f.source = $4 or (f.source = '*' and not known))
    returning extract(epoch from f.locked_until - now()) as left, f.told)
  select coalesce(ceil(max(l.left)), 0)::int, coalesce(max(l.told), 0) <= 3 into wait, tell from locked l;
  return next;
end $$;

-- The company of a typed name, when it is one of this side.
create function app.tenant_of(login text) returns int
language sql stable set search_path = pg_catalog, pg_temp as $$
  select d.tenant_id from app.tenant_domain d where d.domain = lower(substring($1 from '@([^@]+)$')) and app.on_side(d.tenant_id)
$$;

-- A wrong password (kind 1) or code (2), or a sign-in refused for another reason (0). tenant, user null: nobody of that name; it
-- is counted where it does no harm. login: as typed. why null: counted and not told.
create function app.sign_in_failed(tenant int, "user" bigint, kind int, login text, source text, client text, why text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  t   int := coalesce($1, -1);
  u   bigint := coalesce($2, hashtext(lower($4)) & 63);
  src text := case when $1 is null then (hashtext($5) & 63)::text else left($5, 64) end;
  n   int := 1;
begin
  if $1 is not null and not app.on_side($1) then
    return;
  end if;
  perform set_config('synchronous_commit', 'off', true);
  if $3 <> 0 then
    with counted as (
      insert into app.sign_in_failure as f (tenant_id, user_id, kind, source, failures)
      select t, u, $3, s.source, 1 from (values (1, src), (2, '*')) as s(place, source) where $3 = 1 or s.source = '*' order by s.place
      on conflict on constraint sign_in_failure_pkey do update set
        failures = case when f.failed_at < now() - interval '2 hours' then 1 else f.failures + 1 end,
        failed_at = now(), told = 0,
        locked_until = case
          when f.failed_at < now() - interval '2 hours' then null
          when f.kind = 2 and f.failures + 1 >= 5 then now() + least(interval '30 minutes', interval '1 minute' * 2 ^ least(f.failures - 4, 10))
          when f.kind = 1 and f.source <> '*' and f.failures + 1 >= 5
            then now() + least(interval '15 minutes', interval '15 seconds' * 2 ^ least(f.failures - 4, 10))
          when f.kind = 1 and f.source = '*' and f.failures + 1 >= 20
            then now() + least(interval '15 minutes', interval '30 seconds' * 2 ^ least((f.failures - 19) / 2, 10)) end
      returning f.failures)
    select min(c.failures) into n from counted c;
  end if;
  -- A flood of names that are not there leaves few rows: ten, and then one each time their number has doubled.
  perform app.audit_note(x.tenant, 2, 'sign in', left($4, 200), $2, $5, $6, null, 2, $7, case when x.many then n / 2 else 1 end)
     from (select coalesce($1, app.tenant_of($4)) as tenant, $1 is null and n > 10 as many) x
    where x.tenant is not null and $7 is not null and (not x.many or (n & (n - 1)) = 0);
end $$;

-- As 0012. A user has at most 100 sessions: those that no front has spoken of lately make room, and past a thousand any.
create or replace function app.open_session(tenant int, "user" bigint, token bigint, state int, method text, address text, client text)
returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  made bigint;
begin
  if not app.on_side($1) then
    raise exception 'no session of this tenant is opened here' using errcode = 'insufficient_privilege';
  end if;
  perform set_config('app.actor', u.name || ' (' || u.login || ')', true), set_config('app.user_id', u.id::text, true),
          set_config('app.action', 'sign_in', true), set_config('app.address', coalesce($6, ''), true),
          set_config('app.client', coalesce($7, ''), true), set_config('app.reason', '', true), set_config('app.request_id', '', true)
     from app.user_account u where u.tenant_id = $1 and u.id = $2;
  update app.session s set state = 4, ended_at = now(), end_reason = 'Another session took its place: there are too many.'
    from (select o.id, o.reported_at, row_number() over (order by o.reported_at desc, o.seen_at desc, o.id) as place
            from app.session o where o.tenant_id = $1 and o.user_id = $2 and o.state < 4) as x
   where s.tenant_id = $1 and s.id = x.id
     and (x.place >= 1000 or (x.place >= 100 and x.reported_at < now() - interval '75 seconds'));
  insert into app.session (tenant_id, token, user_id, state, method, address, client, ends_at, opened)
  select t.id, $3, $2, $4::smallint, $5, $6, left($7, 200), now() + make_interval(hours => t.session_hours), $4 = 2
    from app.tenant t where t.id = $1
  returning id into made;
  return made;
end $$;

create function app.note_sign_in(tenant int, "user" bigint, session bigint, method text, address text, client text) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform app.audit_note($1, 1, 'sign in', u.name || ' (' || u.login || ')', $2, $5, $6, $3, 1, $4)
     from app.user_account u where u.tenant_id = $1 and u.id = $2;
end $$;

-- The secret was right: opens the session. A token counts here, once. No row: refused after all. state as app.session.
create function app.sign_in(tenant int, "user" bigint, session bigint, method text, token bytea, address text, client text)
returns table (session_id bigint, state int, idle_seconds int, session_seconds int)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp rows 1 as $$
#variable_conflict use_column
declare
  d record;
begin
  select * into d from app.door($1, $2);
  if not found or d.refusal is not null or not app.on_side($1) then
    return;
  end if;
  if $4 = 'token' then
    perform set_config('app.actor', u.name || ' (' || u.login || ')', true), set_config('app.user_id', u.id::text, true),
            set_config('app.action', 'sign_in', true), set_config('app.address', coalesce($6, ''), true),
            set_config('app.client', coalesce($7, ''), true), set_config('app.reason', '', true), set_config('app.request_id', '', true)
       from app.user_account u where u.tenant_id = $1 and u.id = $2;
    update app.enrol_token e set used_at = now()
     where e.tenant_id = $1 and e.hash = $5 and e.user_id = $2 and e.used_at is null and e.void_at is null and e.expires_at > now();
    if not found then
      return;
    end if;
  else
    perform set_config('synchronous_commit', 'off', true);   -- a session lost in a crash is signed in to once more
  end if;
  state := case when d.factor then 1 when d.choose and $4 <> 'key' or d.factor_wanted or $4 = 'token' then 3 else 2 end;
  if state <> 1 and $4 <> 'key' then
    update app.sign_in_failure f set failures = 0, locked_until = null
     where f.tenant_id = $1 and f.user_id = $2 and f.kind = 1 and f.source in ('*', $6) and (f.failures > 0 or f.locked_until is not null);
  end if;
  session_id := app.open_session($1, $2, $3, state, $4, $6, $7);
  if state <> 1 then
    perform app.note_sign_in($1, $2, session_id, $4, $6, $7);
  end if;
  idle_seconds := d.idle_seconds;
  session_seconds := d.session_seconds;
  return next;
end $$;

-- May this key sign in? Whether user and company may is told once the signature was right.
create function app.login_key(login text, domain text, fingerprint text)
returns table (tenant_id int, user_id bigint, key_id bigint, refusal text)
language sql stable security definer set search_path = pg_catalog, pg_temp rows 1 as $$
  select t.id, u.id, k.id, (select d.refusal from app.door(t.id, u.id) d)
    from app.tenant_domain d
    join app.tenant t on t.id = d.tenant_id and app.on_side(t.id)
    join app.user_account u on u.tenant_id = t.id and u.login = lower($1)
    join app.user_key k on k.tenant_id = t.id and k.fingerprint = $3 and k.user_id = u.id and k.is_active
   where d.domain = lower($2)
$$;

-- The signature was right: a session, or the sentence why not.
create function app.sign_in_key(login text, domain text, fingerprint text, session bigint, address text, client text)
returns table (tenant_id int, user_id bigint, refusal text, session_id bigint, state int, idle_seconds int, session_seconds int)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp rows 1 as $$
#variable_conflict use_column
declare
  key bigint;
begin
  select k.tenant_id, k.user_id, k.key_id, k.refusal into tenant_id, user_id, key, refusal from app.login_key($1, $2, $3) k;
  if not found then
    return;
  end if;
  if refusal is null then
    select s.session_id, s.state, s.idle_seconds, s.session_seconds into session_id, state, idle_seconds, session_seconds
      from app.sign_in(tenant_id, user_id, $4, 'key', null, $5, $6) s;
    update app.user_key k set last_used_at = now()
     where k.tenant_id = sign_in_key.tenant_id and k.id = key and (k.last_used_at is null or k.last_used_at < now() - interval '1 minute');
  end if;
  return next;
end $$;

-- The login that needs no secret: who wants to register a company.
create function app.sign_in_open(session bigint, address text, client text)
returns table (tenant_id int, user_id bigint, session_id bigint, idle_seconds int, session_seconds int)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp rows 1 as $$
#variable_conflict use_column
begin
  select u.tenant_id, u.id into tenant_id, user_id
    from app.user_account u join app.role r on r.tenant_id = u.tenant_id and r.id = u.role_id and r.code = 'register' and r.is_active
   where u.tenant_id = 0 and u.login = 'register' and u.is_active and app.on_side(0);
  if not found then
    return;
  end if;
  perform set_config('synchronous_commit', 'off', true);
  session_id := app.open_session(tenant_id, user_id, $1, 2, 'open', $2, $3);
  perform app.note_sign_in(tenant_id, user_id, session_id, 'open', $2, $3);
  idle_seconds := 600;
  session_seconds := 1800;
  return next;
end $$;

-- What a session in state 1 waits for. No row: it waits for nothing (any more).
create function app.code_wanted(tenant int, session bigint)
returns table (user_id bigint, secret bytea, last_step bigint, wait int)
language sql stable security definer set search_path = pg_catalog, pg_temp rows 1 as $$
  select s.user_id, f.secret, f.last_step,
         coalesce((select ceil(extract(epoch from x.locked_until - now()))::int from app.sign_in_failure x
                    where x.tenant_id = s.tenant_id and x.user_id = s.user_id and x.kind = 2 and x.source = '*' and x.locked_until > now()), 0)
    from app.session s
    join app.user_factor f on f.tenant_id = s.tenant_id and f.user_id = s.user_id and f.confirmed_at is not null and f.dropped_at is null
   where s.tenant_id = $1 and s.token = $2 and s.state = 1 and s.created_at > now() - interval '5 minutes' and app.on_side($1)
     and (select d.refusal from app.door(s.tenant_id, s.user_id) d) is null
$$;

-- The code was right: step is its time step, or recovery the hash of a recovery code. Each counts once: no row when it was used.
create function app.code_right(tenant int, session bigint, step bigint, recovery bytea)
returns table (state int, idle_seconds int, session_seconds int)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp rows 1 as $$
#variable_conflict use_column
declare
  s record;
begin
  select x.id, x.user_id, x.method, x.address, x.client into s
    from app.session x where x.tenant_id = $1 and x.token = $2 and x.state = 1 and app.on_side($1) for no key update;
  if not found then
    return;
  end if;
  perform set_config('app.actor', u.name || ' (' || u.login || ')', true), set_config('app.user_id', u.id::text, true),
          set_config('app.action', 'sign_in', true), set_config('app.address', coalesce(s.address, ''), true),
          set_config('app.client', coalesce(s.client, ''), true), set_config('app.reason', '', true), set_config('app.request_id', '', true)
     from app.user_account u where u.tenant_id = $1 and u.id = s.user_id;
  if $4 is null then
    update app.user_factor f set last_step = $3
     where f.tenant_id = $1 and f.user_id = s.user_id and f.confirmed_at is not null and f.dropped_at is null and f.last_step < $3;
  else
    update app.recovery_code c set used_at = now()
      from app.user_factor f
     where f.tenant_id = $1 and f.user_id = s.user_id and f.confirmed_at is not null and f.dropped_at is null
       and c.tenant_id = f.tenant_id and c.factor_id = f.id and c.hash = $4 and c.used_at is null and c.void_at is null;
  end if;
  if not found then
    return;
  end if;
  select case when s.method = 'token' or (d.choose and s.method <> 'key') then 3 else 2 end, d.idle_seconds, d.session_seconds
    into state, idle_seconds, session_seconds from app.door($1, s.user_id) d;
  update app.session x set state = code_right.state::smallint where x.tenant_id = $1 and x.id = s.id;
  update app.sign_in_failure f set failures = 0, locked_until = null
   where f.tenant_id = $1 and f.user_id = s.user_id and (f.kind = 2 or (s.method <> 'key' and f.source in ('*', s.address)))
     and (f.failures > 0 or f.locked_until is not null);
  perform app.note_sign_in($1, s.user_id, s.id, s.method || case when $4 is null then ' and code' else ' and recovery code' end,
                           s.address, s.client);
  return next;
end $$;

-- What a front's sessions did since it last said so, and those whose line was closed; those that must end, and the sentence for the person. Times are noted once
-- a minute: an idle session is therefore ended up to a minute late here, and to the second by its front.
create function app.check_sessions(tokens bigint[], active boolean[], gone boolean[])
returns table (token bigint, why text)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  companies boolean := app.on_side(1);
  platform  boolean := app.on_side(0);
begin
  perform set_config('synchronous_commit', 'off', true), set_config('app.actor', 'service', true), set_config('app.user_id', '', true),
          set_config('app.action', 'end', true), set_config('app.address', '', true), set_config('app.client', '', true),
          set_config('app.reason', '', true), set_config('app.request_id', '', true);
  update app.session s set state = 4, ended_at = now(), end_reason = 'The connection was closed.'
    from unnest($1, $3) as r(token, gone)
   where r.gone and s.token = r.token and s.state < 4 and case when s.tenant_id = 0 then platform else companies end;
  update app.session s
     set reported_at = now(), seen_at = case when r.active then now() else s.seen_at end
    from unnest($1, $2) as r(token, active)
   where s.token = r.token and s.state < 4 and case when s.tenant_id = 0 then platform else companies end
     and (s.reported_at < now() - interval '1 minute' or (r.active and s.seen_at < now() - interval '1 minute'));
  return query
    with told as (
      select distinct r.token from unnest($1, $3) as r(token, gone) where not r.gone),
    seen as (
      select told.token, s.tenant_id, s.id, s.state,
             case when s.id is null then 'This session is not known any more. Sign in again.'
                  when s.state = 4 then coalesce(s.end_reason, 'This session was ended.')
                  when t.status <> 1 then coalesce(t.brand_name, t.name) || ' is suspended. Nothing is lost: ask your administrator.'
                  when not u.is_active then 'Your account was switched off. Ask your administrator.'
                  when not o.is_active then 'Your role was switched off. Ask your administrator.'
                  when s.ends_at <= now() then 'This session reached its longest time. Sign in again.'
                  when s.seen_at < now() - make_interval(mins => t.idle_minutes + 1)
                    then 'Nothing was asked for ' || t.idle_minutes || ' minutes. Sign in again.'
                  when s.state = 2 and o.second_factor and f.id is null then 'Your role now needs a second factor. Sign in again to set it up.'
             end as why
        from told
        left join app.session s on s.token = told.token and case when s.tenant_id = 0 then platform else companies end
        left join app.tenant t on t.id = s.tenant_id
        left join app.user_account u on u.tenant_id = s.tenant_id and u.id = s.user_id
        left join app.role o on o.tenant_id = s.tenant_id and o.id = u.role_id
        left join app.user_factor f on f.tenant_id = s.tenant_id and f.user_id = s.user_id and f.confirmed_at is not null and f.dropped_at is null),
    ended as (
      update app.session s set state = 4, ended_at = now(), end_reason = x.why
        from seen x where s.tenant_id = x.tenant_id and s.id = x.id and x.state < 4 and x.why is not null and s.state < 4)
    select x.token, x.why from seen x where x.why is not null;
end $$;

-- Sessions no front has spoken of for two minutes: the line was closed. After a restart of the database every front first gets
-- the time to speak. Wrong tries of the day before are forgotten. How many sessions ended.
create function app.end_lost_sessions(grace interval default '3 minutes') returns int
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  n int;
begin
  perform set_config('synchronous_commit', 'off', true), set_config('app.actor', 'service', true), set_config('app.user_id', '', true),
          set_config('app.action', 'end', true), set_config('app.address', '', true), set_config('app.client', '', true),
          set_config('app.reason', '', true), set_config('app.request_id', '', true);
  delete from app.sign_in_failure where failed_at < now() - interval '1 day' and coalesce(locked_until, failed_at) < now();
  update app.session s set state = 4, ended_at = now(),
         end_reason = case when s.state = 1 then 'No code was typed.' else 'The connection was closed.' end
   where s.state < 4 and s.reported_at < now() - case when s.state = 1 then interval '6 minutes' else interval '2 minutes 30 seconds' end
     and pg_postmaster_start_time() < now() - $1;
  get diagnostics n = row_count;
  return n;
end $$;

grant execute on function app.login(text, text, bytea, text), app.sign_in_failed(int, bigint, int, text, text, text, text),
  app.sign_in(int, bigint, bigint, text, bytea, text, text), app.login_key(text, text, text),
  app.sign_in_key(text, text, text, bigint, text, text), app.code_wanted(int, bigint), app.code_right(int, bigint, bigint, bytea),
  app.check_sessions(bigint[], boolean[], boolean[]) to bima_worker, bima_platform;
grant execute on function app.sign_in_open(bigint, text, text) to bima_platform;
grant execute on function app.end_lost_sessions(interval) to bima_jobs;
set local role bima_owner;
revoke create on schema app from bima_search;
grant delete on app.sign_in_failure to bima_search;

-- ---------------------------------------------------------------- one's own account, and other people's (bima_owner)
-- The tenant of the request, null when it is of the other side: no role reaches across by a setting.
create function app.tenant_id() returns int
language sql stable set search_path = pg_catalog, pg_temp as $$
  select x.t from (select current_setting('app.tenant_id')::int) as x(t) where app.on_side(x.t)
$$;

-- Only who looks after users does this to others.
create function app.need_users() returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if current_setting('app.sees_users', true) is distinct from 'yes' then
    raise exception 'only who sees other users'' keys (user_key.read) may do this to others' using errcode = 'check_violation',
      constraint = 'users_only', table = 'user_account';
  end if;
end $$;

-- A new token of a user; the one before is void. purpose 1 enrol, 2 reset: the password is void and sessions end. The token's
-- end. For the functions below, provisioning and work on the server machine.
create function app.issue_token(tenant int, "user" bigint, hash bytea, purpose int, hours int default 24) returns timestamptz
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  u    record;
  ends timestamptz := now() + make_interval(hours => $5);
begin
  select is_active, password_hash into u from app.user_account where tenant_id = $1 and id = $2 for no key update;
  if not found then
    raise exception 'no such user' using errcode = 'check_violation', constraint = 'user_unknown', table = 'user_account';
  end if;
  if not u.is_active then
    raise exception 'the account is switched off: switch it on first' using errcode = 'check_violation', constraint = 'user_off', table = 'user_account';
  end if;
  if $4 = 1 and u.password_hash is not null then
    raise exception 'this user has a password: use reset to give a new one' using errcode = 'check_violation', constraint = 'user_enrolled', table = 'user_account';
  end if;
  update app.enrol_token e set void_at = now() where e.tenant_id = $1 and e.user_id = $2 and e.used_at is null and e.void_at is null;
  insert into app.enrol_token (tenant_id, user_id, hash, purpose, made_by, expires_at)
  values ($1, $2, $3, $4, coalesce(nullif(current_setting('app.actor', true), ''), 'service'), ends);
  update app.user_account a set password_hash = null, must_change_password = true
   where a.tenant_id = $1 and a.id = $2 and (a.password_hash is not null or not a.must_change_password);
  perform app.end_user_sessions($1, $2, app.ended_by('Your password was reset'), false) where $4 = 2;
  return ends;
end $$;

create function app.user_token("user" bigint, hash bytea, purpose int) returns timestamptz
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform app.need_users();
  if $1 = app.user_id() then
    raise exception 'change your own password under your own account' using errcode = 'check_violation', constraint = 'user_own_token', table = 'user_account';
  end if;
  return app.issue_token(app.tenant_id(), $1, $2, $3);
end $$;

-- Takes the wait after wrong passwords and codes away.
create function app.user_unlock("user" bigint) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform app.need_users();
  update app.sign_in_failure set failures = 0, locked_until = null where tenant_id = app.tenant_id() and user_id = $1;
end $$;

-- The second factor is lost: it counts no more, its recovery codes neither, and sessions end. False: there was none.
create function app.drop_factor(tenant int, "user" bigint, why text) returns boolean
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  update app.user_factor set dropped_at = now() where tenant_id = $1 and user_id = $2 and dropped_at is null;
  if not found then
    return false;
  end if;
  perform app.end_user_sessions($1, $2, $3, true);
  return true;
end $$;

create function app.user_drop_factor("user" bigint) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform app.need_users();
  if $1 = app.user_id() then
    raise exception 'somebody else must do this for you' using errcode = 'check_violation', constraint = 'user_own_factor', table = 'user_account';
  end if;
  return app.drop_factor(app.tenant_id(), $1, app.ended_by('Your second factor was taken off'));
end $$;

-- Ends one session, one's own or a user's; false: it had ended.
create function app.end_session(session bigint) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  update app.session set state = 4, ended_at = now(), end_reason = app.ended_by('This session was ended')
   where tenant_id = app.tenant_id() and id = $1 and state < 4
     and (user_id = app.user_id() or current_setting('app.sees_users', true) = 'yes');
  return found;
end $$;

-- All sessions of a user but the one of the request.
create function app.end_sessions("user" bigint) returns int
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if $1 is distinct from app.user_id() then
    perform app.need_users();
  end if;
  return app.end_user_sessions(app.tenant_id(), $1, app.ended_by('All sessions of this user were ended'), true);
end $$;

-- Oneself: what the actions of the own account go by.
create function app.own_door()
returns table (password_hash text, must_change boolean, factor_id bigint, secret bytea, confirmed boolean, last_step bigint,
               recovery_left int, factor_wanted boolean, session_state int, session_method text, has_key boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp rows 1 as $$
  select u.password_hash, u.must_change_password, f.id, f.secret, f.confirmed_at is not null, f.last_step,
         (select count(*)::int from app.recovery_code c where c.tenant_id = f.tenant_id and c.factor_id = f.id and c.used_at is null
             and c.void_at is null),
         r.second_factor, s.state::int, s.method,
         exists (select from app.user_key k where k.tenant_id = u.tenant_id and k.user_id = u.id and k.is_active)
    from app.user_account u
    join app.role r on r.tenant_id = u.tenant_id and r.id = u.role_id
    join app.session s on s.tenant_id = u.tenant_id and s.user_id = u.id
     and s.id = nullif(current_setting('app.session_id', true), '')::bigint
    left join app.user_factor f on f.tenant_id = u.tenant_id and f.user_id = u.id and f.dropped_at is null
   where u.tenant_id = app.tenant_id() and u.id = app.user_id()
$$;

-- What is still to be done before the session of the request opens: '', 'password', 'factor', 'password factor'.
create function app.own_wants() returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select concat_ws(' ', case when d.must_change or (d.password_hash is null and not d.has_key) then 'password' end,
                        case when d.factor_wanted and not coalesce(d.confirmed, false) then 'factor' end)
    from app.own_door() d
$$;
create function app.own_factor_at() returns timestamptz
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select confirmed_at from app.user_factor where tenant_id = app.tenant_id() and user_id = app.user_id() and dropped_at is null
$$;
create function app.own_recovery_left() returns int
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select recovery_left from app.own_door() where confirmed
$$;

-- A session for account set-up opens when everything is done.
create function app.finish_setup() returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  update app.session set state = 2
   where tenant_id = app.tenant_id() and id = nullif(current_setting('app.session_id', true), '')::bigint and user_id = app.user_id()
     and state = 3 and app.own_wants() = ''
$$;

create function app.own_password(hash text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if $1 is null or $1 not like '$argon2id$%' then
    raise exception 'a password is kept as its hash' using errcode = 'check_violation', constraint = 'password_hashed', table = 'user_account';
  end if;
  update app.user_account set password_hash = $1, must_change_password = false where tenant_id = app.tenant_id() and id = app.user_id();
  update app.enrol_token set void_at = now()
   where tenant_id = app.tenant_id() and user_id = app.user_id() and used_at is null and void_at is null;
  perform app.end_user_sessions(app.tenant_id(), app.user_id(), 'Your password was changed. Sign in again.', true);
  perform app.finish_setup();
end $$;

-- Begins with a new authenticator; one that was not confirmed gives way, one that was stays until somebody drops it.
create function app.own_factor(secret bytea) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from app.user_account where tenant_id = app.tenant_id() and id = app.user_id() for no key update;
  if exists (select from app.user_factor where tenant_id = app.tenant_id() and user_id = app.user_id() and dropped_at is null
                and confirmed_at is not null) then
    raise exception 'you have a second factor: an administrator takes it off when it is lost' using errcode = 'check_violation',
      constraint = 'factor_stands', table = 'user_factor';
  end if;
  update app.user_factor set dropped_at = now() where tenant_id = app.tenant_id() and user_id = app.user_id() and dropped_at is null;
  insert into app.user_factor (tenant_id, user_id, secret) values (app.tenant_id(), app.user_id(), $1);
end $$;

-- New recovery codes of the own factor; those before are void. {hex,hex,…}
create function app.put_recovery(factor bigint, hashes text[]) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  if cardinality($2) <> 10 then
    raise exception 'there are ten recovery codes' using errcode = 'check_violation', constraint = 'recovery_ten', table = 'recovery_code';
  end if;
  update app.recovery_code set void_at = now() where tenant_id = app.tenant_id() and factor_id = $1 and used_at is null and void_at is null;
  insert into app.recovery_code (tenant_id, factor_id, hash) select app.tenant_id(), $1, decode(h, 'hex') from unnest($2) as h;
end $$;

-- A first code was right. False: nothing waits, or the step was used.
create function app.own_confirm(step bigint, hashes text[]) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  factor bigint;
begin
  update app.user_factor set confirmed_at = now(), last_step = $1
   where tenant_id = app.tenant_id() and user_id = app.user_id() and dropped_at is null and confirmed_at is null and last_step < $1
  returning id into factor;
  if not found then
    return false;
  end if;
  perform app.put_recovery(factor, $2), app.finish_setup();
  return true;
end $$;

-- New recovery codes against a code of the authenticator.
create function app.own_recovery(step bigint, hashes text[]) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  factor bigint;
begin
  update app.user_factor set last_step = $1
   where tenant_id = app.tenant_id() and user_id = app.user_id() and dropped_at is null and confirmed_at is not null and last_step < $1
  returning id into factor;
  if not found then
    return false;
  end if;
  perform app.put_recovery(factor, $2);
  return true;
end $$;

-- How it stands with a user: for those who look after users, and oneself.
create function app.user_factor_at("user" bigint) returns timestamptz
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select confirmed_at from app.user_factor
   where tenant_id = app.tenant_id() and user_id = $1 and dropped_at is null
     and ($1 = app.user_id() or current_setting('app.sees_users', true) = 'yes')
$$;
create function app.user_locked_until("user" bigint) returns timestamptz
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select max(locked_until) from app.sign_in_failure
   where tenant_id = app.tenant_id() and user_id = $1 and locked_until > now()
     and ($1 = app.user_id() or current_setting('app.sees_users', true) = 'yes')
$$;

-- What stands after the @ of a login.
create function app.login_domain() returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select domain from app.tenant_domain where tenant_id = app.tenant_id() order by domain limit 1
$$;

create or replace view app.account with (security_invoker = true) as
  select tenant_id, id, version, created_at, updated_at, login, name, email, phone, role_id, branch_id, language,
         password_changed_at, app.own_factor_at() as factor_at, app.own_recovery_left() as recovery_left, app.own_wants() as wants
    from app.user_account where id = (select app.user_id());

grant execute on function app.tenant_id(), app.user_token(bigint, bytea, int), app.user_unlock(bigint), app.user_drop_factor(bigint),
  app.end_session(bigint), app.end_sessions(bigint), app.own_door(), app.own_wants(), app.own_factor_at(), app.own_recovery_left(),
  app.own_password(text), app.own_factor(bytea), app.own_confirm(bigint, text[]), app.own_recovery(bigint, text[]),
  app.user_factor_at(bigint), app.user_locked_until(bigint), app.login_domain() to bima_worker, bima_platform;
