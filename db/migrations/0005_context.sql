-- Who is asking: sign-in look-ups, the preamble of every request, numbers, the dictionary of search.
set local role bima_owner;

-- "amina", "simba.co.tz" before the tenant is known. No row: no such domain or user. `active` says whether both may work.
create function app.login(login text, domain text)
returns table (tenant_id int, user_id bigint, password_hash text, active boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select t.id, u.id, u.password_hash, t.status = 1 and u.is_active
    from app.tenant_domain d
    join app.tenant t on t.id = d.tenant_id
    join app.user_account u on u.tenant_id = t.id and u.login = lower($1)
   where d.domain = lower($2)
$$;

-- The same for a public key: a row only when the key, the user and the tenant are all active.
create function app.login_key(login text, domain text, fingerprint text)
returns table (tenant_id int, user_id bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select t.id, u.id
    from app.tenant_domain d
    join app.tenant t on t.id = d.tenant_id and t.status = 1
    join app.user_account u on u.tenant_id = t.id and u.login = lower($1) and u.is_active
    join app.user_key k on k.tenant_id = t.id and k.fingerprint = $3 and k.user_id = u.id and k.is_active
   where d.domain = lower($2)
$$;

-- The preamble: first statement of every request's transaction. Settings end with the transaction. Without a row
-- (no such user, user or company not active) nothing is set, and row-level security refuses whatever follows.
create function app.enter(tenant int, "user" bigint, request_id text, address text, client text, reason text, action text,
                          on_day date default null)
returns table (
  user_id bigint, login text, name text, role smallint, language text, branch_id bigint, branch_code text, branch_name text,
  tenant_id int, tenant_code text, tenant_name text, currency text, currency_exponent smallint, timezone text,
  utc_offset_minutes int, today date, country_prefix text, four_eyes_minor bigint, collect_in_parts boolean,
  over_payment_credit boolean, backdate_days int, renew_ahead_days int, policy_pattern text, receipt_pattern text,
  certificate_pattern text, certificate_header text)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp rows 1 as $$
#variable_conflict use_column
begin
  perform set_config('app.tenant_id', '', true);
  select u.id, u.login, u.name, u.role, u.language, b.id, b.code, b.name, t.id, t.code, t.name, t.currency, t.currency_exponent,
         t.timezone, (extract(epoch from (now() at time zone t.timezone) - (now() at time zone 'UTC')) / 60)::int,
         coalesce($8, (now() at time zone t.timezone)::date), t.country_prefix, t.four_eyes_minor, t.collect_in_parts,
         t.over_payment_credit, t.backdate_days, t.renew_ahead_days, t.policy_pattern, t.receipt_pattern,
         t.certificate_pattern, t.certificate_header
    into user_id, login, name, role, language, branch_id, branch_code, branch_name, tenant_id, tenant_code, tenant_name,
         currency, currency_exponent, timezone, utc_offset_minutes, today, country_prefix, four_eyes_minor, collect_in_parts,
         over_payment_credit, backdate_days, renew_ahead_days, policy_pattern, receipt_pattern, certificate_pattern,
         certificate_header
    from app.tenant t
    join app.user_account u on u.tenant_id = t.id and u.id = $2 and u.is_active
    join app.branch b on b.tenant_id = t.id and b.id = u.branch_id
   where t.id = $1 and t.status = 1;
  if not found then
    return;
  end if;
  perform set_config('app.tenant_id', tenant_id::text, true), set_config('app.user_id', user_id::text, true),
          set_config('app.actor', name || ' (' || login || ')', true), set_config('app.request_id', coalesce($3, ''), true),
          set_config('app.address', coalesce($4, ''), true), set_config('app.client', coalesce($5, ''), true),
          set_config('app.reason', coalesce($6, ''), true), set_config('app.action', coalesce($7, ''), true),
          set_config('app.today', today::text, true);
  return next;
end $$;

-- The same for the service itself: no user, the actor reads "service". Only for bima_jobs.
create function app.enter_service(tenant int, action text, on_day date default null)
returns table (tenant_id int, today date)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp rows 1 as $$
#variable_conflict use_column
begin
  perform set_config('app.tenant_id', '', true);
  select t.id, coalesce($3, (now() at time zone t.timezone)::date) into tenant_id, today
    from app.tenant t where t.id = $1 and t.status = 1;
  if not found then
    return;
  end if;
  perform set_config('app.tenant_id', tenant_id::text, true), set_config('app.user_id', '', true),
          set_config('app.actor', 'service', true), set_config('app.request_id', '', true), set_config('app.address', '', true),
          set_config('app.client', 'jobs', true), set_config('app.reason', '', true),
          set_config('app.action', coalesce($2, ''), true), set_config('app.today', today::text, true);
  return next;
end $$;

-- The tenant's day, as the preamble fixed it.
create function app.today() returns date
language sql stable set search_path = pg_catalog, pg_temp as $$ select current_setting('app.today')::date $$;

-- The user of the request; null for the service and for work done on the server machine.
create function app.user_id() returns bigint
language sql stable set search_path = pg_catalog, pg_temp as $$ select nullif(current_setting('app.user_id', true), '')::bigint $$;

-- The next number of a kind ('policy', 'receipt', 'certificate'). The row stays locked until the transaction ends, so a
-- number given back by a rollback is the next one's: call it last. `branch` 0 or `year` 0 where the pattern has none.
create function app.next_number(kind text, branch bigint, year int) returns bigint
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  insert into app.counter as c (tenant_id, kind, branch_id, period, n)
  values (current_setting('app.tenant_id')::int, $1, $2, $3, 1)
  on conflict (tenant_id, kind, branch_id, period) do update set n = c.n + 1
  returning n
$$;

-- Words of the tenant's own dictionary that look like this one, most alike first. Names are short: two letters swapped in
-- "Mushi" leave a fifth of its trigrams. The threshold is the library's, which the first call loads.
create function app.similar_words(typed text, lim int) returns table (word text, likeness real)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp rows 10 as $$
begin
  perform similarity('', ''), set_config('pg_trgm.similarity_threshold', '0.2', true);
  return query
    select w.word, similarity(w.word, $1) from app.search_word w
     where w.tenant_id = current_setting('app.tenant_id')::int and w.word % $1
     order by similarity(w.word, $1) desc, abs(length(w.word) - length($1)), w.word limit least($2, 50);
end $$;

grant create on schema app to bima_search;
alter function app.login(text, text) owner to bima_search;
alter function app.login_key(text, text, text) owner to bima_search;
alter function app.enter(int, bigint, text, text, text, text, text, date) owner to bima_search;
alter function app.enter_service(int, text, date) owner to bima_search;
alter function app.similar_words(text, int) owner to bima_search;
revoke create on schema app from bima_search;
set local role bima_search;
grant execute on function app.login(text, text), app.login_key(text, text, text),
  app.enter(int, bigint, text, text, text, text, text, date), app.similar_words(text, int) to bima_worker;
grant execute on function app.enter_service(int, text, date) to bima_jobs;
set local role bima_owner;
grant execute on function app.today(), app.user_id(), app.next_number(text, bigint, int) to bima_worker, bima_jobs;
