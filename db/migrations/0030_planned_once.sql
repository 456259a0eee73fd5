-- A function in SQL is planned anew by every statement that calls it, unless it is written into the statement; one that sets
-- anything never is. What every statement asks is bound to its names here instead, so that no search path matters. What changes
-- data or reads a table is planned once a connection.

create or replace function app.on_side(tenant int) returns boolean language sql stable
return case coalesce(nullif(current_setting('role'), 'none'), session_user)
         when 'bima_platform' then $1 = 0 when 'bima_worker' then $1 > 0 else true end;

create or replace function app.tenant_id() returns int language sql stable
return case when app.on_side(current_setting('app.tenant_id')::int) then current_setting('app.tenant_id')::int end;

create or replace function app.user_id() returns bigint language sql stable
return nullif(current_setting('app.user_id', true), '')::bigint;

create or replace function app.today() returns date language sql stable
return current_setting('app.today')::date;

create or replace function app.day() returns date language sql stable
return coalesce(nullif(current_setting('app.today', true), '')::date, current_date);

create or replace function app.sees() returns text language sql stable
return case when current_setting('app.scope', true) = '' then 'all' else 'part' end;

create or replace function app.scope() returns text language sql stable
return current_setting('app.scope', true);

create or replace function app.scope_id() returns bigint language sql stable
return nullif(current_setting('app.scope_id', true), '')::bigint;

create or replace function app.term_may_become(old_state smallint, new_state smallint) returns boolean language sql immutable
return case $1 when 1 then $2 in (2, 8)
               when 2 then $2 in (3, 8)
               when 3 then $2 in (4, 8)
               when 4 then $2 in (5, 6, 7)
               when 5 then $2 in (4, 7)
               else false end;

create or replace function app.lock_figures(tenant int) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_advisory_xact_lock(20817, $1);
end $$;

create or replace function app.count_day(tenant int, branch bigint, of_kind smallint, by int, money bigint) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
  insert into app.day_figure as f (tenant_id, day, branch_id, kind, n, amount) values ($1, app.day(), $2, $3, $4, $5)
  on conflict (tenant_id, day, branch_id, kind) do update set n = f.n + excluded.n, amount = f.amount + excluded.amount;
end $$;

create or replace function app.count_due(tenant int, day date, of_kind smallint, by int) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
  insert into app.due_count as c (tenant_id, due_date, kind, n) values ($1, $2, $3, $4)
  on conflict (tenant_id, due_date, kind) do update set n = c.n + excluded.n;
end $$;

create or replace function app.open_renewal(of_term app.term) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
  insert into app.renewal (tenant_id, policy_id, term_id, customer_id, vehicle_id, product_id, branch_id, due_date, assigned_to)
  select p.tenant_id, p.id, ($1).id, p.customer_id, p.vehicle_id, p.product_id, p.branch_id, ($1).end_date, u.id
    from app.policy p
    left join app.user_account u on u.tenant_id = p.tenant_id and u.id = p.sold_by and u.is_active
   where p.tenant_id = ($1).tenant_id and p.id = ($1).policy_id
  on conflict (tenant_id, term_id) do nothing;
end $$;

create or replace function app.close_renewal(of_term app.term) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
  update app.renewal r
     set state = 4, renewed_term_id = ($1).id, unpaid = ($1).state = 3, closed_at = now(), outcome = null, reason = null
   where r.tenant_id = ($1).tenant_id and r.state <> 4
     and r.term_id = (select t.id from app.term t
                       where t.tenant_id = ($1).tenant_id and t.policy_id = ($1).policy_id and t.seq < ($1).seq
                         and t.activated_at is not null order by t.seq desc limit 1);
end $$;

create or replace function app.policy_state(tenant int, policy bigint) returns smallint
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
  return (select coalesce((array_agg(state order by state <> 4, state <> 5, state = 8, seq desc))[1], 8::smallint)
            from app.term where tenant_id = $1 and policy_id = $2);
end $$;

create or replace function app.door(tenant int, "user" bigint)
returns table (refusal text, factor boolean, factor_wanted boolean, choose boolean, idle_seconds int, session_seconds int)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
  return query
  select case when t.status <> 1 then coalesce(t.brand_name, t.name) || ' is suspended. Nothing is lost: ask your administrator.'
              when not u.is_active then 'Your account is switched off. Ask your administrator.'
              when not r.is_active then 'Your role is switched off. Ask your administrator.' end,
         f.id is not null, r.second_factor, u.must_change_password, t.idle_minutes * 60, t.session_hours * 3600
    from app.tenant t
    join app.user_account u on u.tenant_id = t.id and u.id = $2
    join app.role r on r.tenant_id = t.id and r.id = u.role_id
    left join app.user_factor f on f.tenant_id = t.id and f.user_id = u.id and f.confirmed_at is not null and f.dropped_at is null
   where t.id = $1;
end $$;

create or replace function app.login_key(login text, domain text, fingerprint text)
returns table (tenant_id int, user_id bigint, key_id bigint, refusal text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp rows 1 as $$
#variable_conflict use_column
begin
  return query
  select t.id, u.id, k.id, (select d.refusal from app.door(t.id, u.id) d)
    from app.tenant_domain d
    join app.tenant t on t.id = d.tenant_id and app.on_side(t.id)
    join app.user_account u on u.tenant_id = t.id and u.login = lower($1)
    join app.user_key k on k.tenant_id = t.id and k.fingerprint = $3 and k.user_id = u.id and k.is_active
   where d.domain = lower($2);
end $$;

create or replace function app.next_number(kind text, branch bigint, year int) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  taken bigint;
begin
  insert into app.counter as c (tenant_id, kind, branch_id, period, n)
  values (current_setting('app.tenant_id')::int, $1, $2, $3, 1)
  on conflict (tenant_id, kind, branch_id, period) do update set n = c.n + 1
  returning n into taken;
  return taken;
end $$;
