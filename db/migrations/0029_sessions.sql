-- What was planned for a few sessions is used for many.

-- As before, in one order: the session by its token, then who has it. Left to choose, the planner looked through all sessions a user
-- has open, once for each role of the company.
create or replace function app.enter(tenant int, "user" bigint, session bigint, request_id text, address text, client text, reason text,
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
    join (select * from app.session where token = $3 offset 0) s
      on s.tenant_id = t.id and s.user_id = $2 and s.state in (2, 3) and s.ends_at > now()
   cross join lateral (select * from app.user_account x where x.tenant_id = t.id and x.id = s.user_id offset 0) u
   cross join lateral (select * from app.role x where x.tenant_id = t.id and x.id = u.role_id offset 0) r
   cross join lateral (select * from app.branch x where x.tenant_id = t.id and x.id = u.branch_id offset 0) b
   where t.id = $1 and t.status = 1 and u.is_active and r.is_active and (t.id = 0) = (caller = 'bima_platform');
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

-- As before; who has few sessions open is not asked which of them are too many.
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
  if exists (select from app.session o where o.tenant_id = $1 and o.user_id = $2 and o.state < 4 offset 99) then
    update app.session s set state = 4, ended_at = now(), end_reason = 'Another session took its place: there are too many.'
      from (select o.id, o.reported_at, row_number() over (order by o.reported_at desc, o.seen_at desc, o.id) as place
              from app.session o where o.tenant_id = $1 and o.user_id = $2 and o.state < 4) as x
     where s.tenant_id = $1 and s.id = x.id
       and (x.place >= 1000 or (x.place >= 100 and x.reported_at < now() - interval '75 seconds'));
  end if;
  insert into app.session (tenant_id, token, user_id, state, method, address, client, ends_at, opened)
  select t.id, $3, $2, $4::smallint, $5, $6, left($7, 200), now() + make_interval(hours => t.session_hours), $4 = 2
    from app.tenant t where t.id = $1
  returning id into made;
  return made;
end $$;
