-- Whose login an entry of the audit bears is read from who it was, not from the text: people choose their own names, and one who is
-- called "Somebody (neema)" is not neema. Who is not known by then bears none.
set local role bima_owner;

create or replace view app.platform_audit as
  select 0 as tenant_id, a.id, 1 as version, a.at, nullif(a.tenant_id, 0)::bigint as company_id, a.kind, a.what, a.outcome,
         coalesce((select u.login collate "default" from app.user_account u where u.tenant_id = a.tenant_id and u.id = a.user_id),
                  case when a.kind = 6 and a.user_id is null then substring(a.actor from '\(([a-z0-9._-]+)\), platform$') end) as login,
         a.address, least(a.count, 2147483647)::int as count
    from app.audit a where current_setting('app.tenant_id', true) = '0';

create or replace function app.compliance_trail(company bigint, from_day date, to_day date, skip int, most int)
returns table (at timestamptz, kind smallint, what text, outcome smallint, login text, address text, count bigint)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform app.platform_acts('compliance', 'trail');
  return query
    select a.at, a.kind, a.what, a.outcome, coalesce((select u.login collate "default" from app.user_account u where u.tenant_id = a.tenant_id and u.id = a.user_id),
                  case when a.kind = 6 and a.user_id is null then substring(a.actor from '\(([a-z0-9._-]+)\), platform$') end), a.address, a.count
      from app.regulator_asks(company, 'compliance.trail', from_day || ' to ' || to_day || coalesce(' after ' || nullif(skip, 0), '')) t
      join app.audit a on a.tenant_id = t.id and a.at >= from_day::timestamp at time zone t.timezone
                      and a.at < (to_day + 1)::timestamp at time zone t.timezone
     where company is not null
     order by a.at, a.id offset greatest(skip, 0) limit least(most, 2000) + 1;
end $$;

-- Nor does anybody call himself that from now on.
create function app.guard_name() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'a name has no brackets' using errcode = 'check_violation', constraint = 'user_name_plain', table = 'user_account';
end $$;
create trigger b_name before insert on app.user_account for each row when (new.name ~ '[()]') execute function app.guard_name();
create trigger b_name_changed before update of name on app.user_account for each row
  when (new.name ~ '[()]' and new.name is distinct from old.name) execute function app.guard_name();
