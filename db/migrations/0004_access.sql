-- Who may touch which row. Row-level security stands on every table and binds the owner too; the bare comparison
-- with the setting is the form the planner turns into an index condition. Nobody may delete business records.
set local role bima_owner;

do $$
declare
  t record;
  tenant_column text;
begin
  for t in select c.oid::regclass as rel, c.relname from pg_class c
            where c.relnamespace = 'app'::regnamespace and c.relkind = 'r' loop
    execute format('alter table %s enable row level security', t.rel);
    execute format('alter table %s force row level security', t.rel);
    -- The owner logs in nowhere: this is for the definer functions below, provisioning and migrations.
    execute format('create policy owner_all on %s to bima_owner using (true) with check (true)', t.rel);
    continue when t.relname = 'installation';
    tenant_column := case t.relname when 'tenant' then 'id' else 'tenant_id' end;
    execute format('create policy own_tenant on %s to bima_worker, bima_jobs using (%2$I = current_setting(''app.tenant_id'')::int) '
                   'with check (%2$I = current_setting(''app.tenant_id'')::int)', t.rel, tenant_column);
    execute format('grant select on %s to bima_worker, bima_jobs', t.rel);
  end loop;
end $$;

-- Looked at before the tenant is known, by the functions of 0005 alone.
create policy look_up on app.tenant for select to bima_search using (true);
create policy look_up on app.tenant_domain for select to bima_search using (true);
create policy look_up on app.user_account for select to bima_search using (true);
create policy look_up on app.user_key for select to bima_search using (true);
create policy look_up on app.branch for select to bima_search using (true);
create policy look_up on app.search_word for select to bima_search using (true);
grant select on app.tenant, app.tenant_domain, app.user_account, app.user_key, app.branch, app.search_word to bima_search;

-- Jobs go from company to company and forget old answers.
create policy every_tenant on app.tenant for select to bima_jobs using (true);
create policy forget on app.idempotency to bima_jobs using (true);
grant delete on app.idempotency to bima_jobs;

-- Inserts: the worker every entity, the jobs nothing but what they issue. Updates: all columns but those that make
-- the record what it is and those a trigger keeps.
do $$
declare
  t record;
  columns text;
begin
  for t in select * from (values
      ('branch',        true,  ''),
      ('user_account',  false, ''),
      ('user_key',      false, 'user_id,public_key,fingerprint'),
      ('vehicle_type',  false, ''),
      ('id_type',       false, ''),
      ('plate_pattern', false, ''),
      ('customer',      true,  ''),
      ('vehicle',       true,  'owner_id'),
      ('ownership',     false, 'vehicle_id,customer_id,from_date'),
      ('product',       false, ''),
      ('rate',          false, ''),
      ('policy',        true,  'number,vehicle_id,state,start_date,end_date'),
      ('term',          true,  'policy_id,seq,paid'),
      ('cover',         true,  'policy_id,term_id,vehicle_id'),
      ('receipt',       true,  'number,branch_id,year,serial,policy_id,term_id,amount,taken_by'),
      ('certificate',   true,  'number,policy_id,term_id,cover_id,vehicle_id,from_date,to_date,payload,issued_by')
    ) as v(name, jobs_too, fixed) loop
    select string_agg(quote_ident(attname), ',') into columns from pg_attribute
     where attrelid = ('app.' || t.name)::regclass and attnum > 0 and not attisdropped
       and attname not in ('tenant_id', 'id', 'created_at') and attname <> all (string_to_array(t.fixed, ','));
    execute format('grant insert on app.%I to bima_worker', t.name);
    execute format('grant update (%s) on app.%I to bima_worker', columns, t.name);
    if t.jobs_too then
      execute format('grant update (%s) on app.%I to bima_jobs', columns, t.name);
    end if;
  end loop;
end $$;
grant insert on app.idempotency to bima_worker;
-- What search tells about a record is derived from it, and is replaced when the record changes.
grant insert, delete on app.search_token, app.search_word to bima_worker;

alter default privileges in schema app revoke all on tables from public;
alter default privileges in schema app revoke execute on functions from public;
alter default privileges revoke execute on functions from public;
revoke execute on all functions in schema app from public;
-- The default of every id column.
grant execute on function app.new_id(regclass, int) to bima_worker, bima_jobs;
