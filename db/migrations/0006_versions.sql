-- What every record shares: its version, the time it was changed, and a history nobody can rewrite.
set local role bima_owner;

-- A version counts updates, whatever the statement said.
create function app.bump_version() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.version := old.version + 1;
  new.updated_at := now();
  new.created_at := old.created_at;
  if new.id <> old.id or new.tenant_id <> old.tenant_id then
    raise exception 'the id of a record never changes' using errcode = 'check_violation', table = tg_table_name;
  end if;
  return new;
end $$;

create function app.first_version() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.version := 1;
  return new;
end $$;

-- Secrets show that they changed and nothing else.
create function app.without_secret(doc jsonb, secret text, changed boolean) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case when doc is null or doc -> secret is null or doc -> secret = 'null' then doc
              else doc || jsonb_build_object(secret, case when changed then 'hidden, changed' else 'hidden' end) end
$$;

-- One row per insert and update. Arguments: the table's name, then its secret columns.
create function app.keep_history() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  before jsonb := case when tg_op = 'UPDATE' then to_jsonb(old) end;
  after  jsonb := to_jsonb(new);
  changed boolean;
begin
  for i in 1 .. tg_nargs - 1 loop
    changed := before is not null and (before -> tg_argv[i]) is distinct from (after -> tg_argv[i]);
    before := app.without_secret(before, tg_argv[i], false);
    after := app.without_secret(after, tg_argv[i], changed);
  end loop;
  insert into app.history (tenant_id, tbl, row_id, op, action, actor_id, actor, address, client, request_id, reason,
                           policy_id, vehicle_id, customer_id, before, after)
  values (new.tenant_id, tg_argv[0], new.id, case tg_op when 'INSERT' then 'I' else 'U' end,
          nullif(current_setting('app.action', true), ''), nullif(current_setting('app.user_id', true), '')::bigint,
          coalesce(nullif(current_setting('app.actor', true), ''), 'service'), nullif(current_setting('app.address', true), ''),
          nullif(current_setting('app.client', true), ''), nullif(current_setting('app.request_id', true), ''),
          nullif(current_setting('app.reason', true), ''),
          case when tg_argv[0] = 'policy' then new.id else (after ->> 'policy_id')::bigint end,
          case when tg_argv[0] = 'vehicle' then new.id else (after ->> 'vehicle_id')::bigint end,
          case when tg_argv[0] = 'customer' then new.id else (after ->> 'customer_id')::bigint end,
          before, after);
  return null;
end $$;

do $$
declare
  t record;
begin
  for t in select name, coalesce(secret, '') as secret from (values
      ('branch', null), ('user_account', 'password_hash'), ('user_key', null), ('vehicle_type', null), ('id_type', null),
      ('plate_pattern', null), ('customer', null), ('vehicle', null), ('ownership', null), ('product', null), ('rate', null),
      ('policy', null), ('term', null), ('cover', null), ('receipt', null), ('certificate', null)) as v(name, secret) loop
    execute format('create trigger a_first_version before insert on app.%I for each row execute function app.first_version()', t.name);
    execute format('create trigger a_bump_version before update on app.%I for each row execute function app.bump_version()', t.name);
    execute format('create trigger c_history after insert or update on app.%I for each row execute function app.keep_history(%L%s)',
                   t.name, t.name, case when t.secret <> '' then ', ' || quote_literal(t.secret) else '' end);
  end loop;
end $$;

create function app.refuse_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception '% is never changed: % refused', tg_table_name, lower(tg_op) using errcode = 'insufficient_privilege', table = tg_table_name;
end $$;
create trigger never_changed before update or delete on app.history for each row execute function app.refuse_change();
create trigger never_emptied before truncate on app.history for each statement execute function app.refuse_change();
revoke update, delete, truncate, references, trigger on app.history from bima_owner;

-- Business records are voided, cancelled, reversed; never deleted. Holds for the owner too.
do $$
declare
  t text;
begin
  foreach t in array array['tenant', 'tenant_domain', 'branch', 'user_account', 'user_key', 'vehicle_type', 'id_type', 'plate_pattern', 'customer',
      'vehicle', 'ownership', 'product', 'rate', 'policy', 'term', 'cover', 'receipt', 'certificate', 'counter', 'installation'] loop
    execute format('create trigger never_deleted before delete on app.%I for each row execute function app.refuse_change()', t);
    execute format('create trigger never_emptied before truncate on app.%I for each statement execute function app.refuse_change()', t);
  end loop;
end $$;
