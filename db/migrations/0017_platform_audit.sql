-- The platform and the audit: what it does is kept, in its own audit and in that of the company it is about; what was done in all
-- companies is there without saying to which record; what the regulator may read of a company that grants it.
set local role bima_owner;

create or replace function app.platform_note(company bigint, what text, entity text, row_id bigint, detail text) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  if app.platform_role() in ('bima_worker', 'bima_jobs') or coalesce(current_setting('app.tenant_id', true), '') <> '0' then
    return;
  end if;
  if company is null then
    perform app.audit_add(6, replace($2, '.', ' '), $3, $4, 1, 1, $5);
    perform set_config('app.audited', 'yes', true);      -- the worker need not say it again
  else
    perform app.audit_platform($1::int, replace($2, '.', ' '), $3, $4, 1, 1, $5);
  end if;
end $$;

create index audit_by_at on app.audit (at, id);
create view app.platform_audit as
  select 0 as tenant_id, a.id, 1 as version, a.at, nullif(a.tenant_id, 0)::bigint as company_id, a.kind, a.what, a.outcome,
         substring(a.actor from '\(([a-z0-9._-]+)\)') as login, a.address, least(a.count, 2147483647)::int as count
    from app.audit a where current_setting('app.tenant_id', true) = '0';
grant select on app.platform_audit to bima_platform;

-- Days of the company; the earliest two thousand rows of them.
create function app.compliance_trail(company bigint, from_day date, to_day date)
returns table (at timestamptz, kind smallint, what text, outcome smallint, login text, address text, count bigint)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform app.platform_acts('compliance', 'trail');
  return query
    select a.at, a.kind, a.what, a.outcome, substring(a.actor from '\(([a-z0-9._-]+)\)'), a.address, a.count
      from app.regulator_asks(company, 'compliance.trail', from_day || ' to ' || to_day) t
      join app.audit a on a.tenant_id = t.id and a.at >= from_day::timestamp at time zone t.timezone
                      and a.at < (to_day + 1)::timestamp at time zone t.timezone
     where company is not null
     order by a.at, a.id limit 2000;
end $$;
grant execute on function app.compliance_trail(bigint, date, date) to bima_platform;
