-- The regulator reads the audit of a company that has more entries in some days than fit an answer: in pieces.
set local role bima_owner;

drop function app.compliance_trail(bigint, date, date);
-- Days of the company, behind the first `skip` entries of them; one more than `most` when there is more.
create function app.compliance_trail(company bigint, from_day date, to_day date, skip int, most int)
returns table (at timestamptz, kind smallint, what text, outcome smallint, login text, address text, count bigint)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform app.platform_acts('compliance', 'trail');
  return query
    select a.at, a.kind, a.what, a.outcome, substring(a.actor from '\(([a-z0-9._-]+)\)'), a.address, a.count
      from app.regulator_asks(company, 'compliance.trail', from_day || ' to ' || to_day || coalesce(' after ' || nullif(skip, 0), '')) t
      join app.audit a on a.tenant_id = t.id and a.at >= from_day::timestamp at time zone t.timezone
                      and a.at < (to_day + 1)::timestamp at time zone t.timezone
     where company is not null
     order by a.at, a.id offset greatest(skip, 0) limit least(most, 2000) + 1;
end $$;
grant execute on function app.compliance_trail(bigint, date, date, int, int) to bima_platform;
