-- The picture on a company's certificates is for the company to choose: until now only who runs the machine could. Its settings
-- say whether there is one, and so does their history; the picture itself is in neither.
set local role bima_owner;
select set_config('app.actor', 'service', true), set_config('app.action', 'migrate', true);

create function app.kept_setting(t app.tenant) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select to_jsonb($1) - 'certificate_logo' || jsonb_build_object('logo', ($1).certificate_logo is not null)
$$;
create or replace function app.keep_setting() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  new.version := old.version + 1;
  new.updated_at := now();
  insert into app.history (tenant_id, tbl, row_id, op, action, actor_id, actor, address, client, request_id, reason, before, after)
  values (new.id, 'setting', new.id, 'U', nullif(current_setting('app.action', true), ''),
          nullif(current_setting('app.user_id', true), '')::bigint,
          coalesce(nullif(current_setting('app.actor', true), ''), 'service'), nullif(current_setting('app.address', true), ''),
          nullif(current_setting('app.client', true), ''), nullif(current_setting('app.request_id', true), ''),
          nullif(current_setting('app.reason', true), ''), app.kept_setting(old), app.kept_setting(new));
  return new;
end $$;
revoke all on function app.kept_setting(app.tenant) from public;

create or replace view app.setting with (security_invoker = true) as
  select id as tenant_id, id::bigint as id, version, updated_at, code, name, business_type, phone, email, address, currency, timezone,
         country_prefix, fleet_policies, collect_in_parts, over_payment_credit, four_eyes_minor, backdate_days, renew_ahead_days,
         reminder_days, policy_pattern, receipt_pattern, certificate_pattern, modules_off, manager_staff, regulator_access, idle_minutes,
         session_hours, brand_name, brand_colour, certificate_header, certificate_logo is not null as logo
    from app.tenant;
grant update (certificate_logo) on app.tenant to bima_worker;
