-- What part of the company somebody sees, said with functions: the policies of 0012 asked the tables through their own policies,
-- so that every statement on a term or a search word was planned with dozens of look-ups that hardly anybody needs.
-- Nothing else is meant by them than before. (History stays as it was: many rows of one record are asked of a policy at once.)
set local role bima_owner;

-- Is this record within the part of who asks? They answer for the company of the request alone.
create function app.sees_customer(id bigint) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return case app.scope()
    when '' then true
    when 'customer' then $1 = app.scope_id()
    when 'branch' then exists (select from app.customer c where c.tenant_id = current_setting('app.tenant_id')::int and c.id = $1
                                  and c.branch_id = app.scope_id())
    else false end;
end $$;

create function app.sees_vehicle(id bigint) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce((select app.sees_customer(v.owner_id) from app.vehicle v
                    where v.tenant_id = current_setting('app.tenant_id')::int and v.id = $1), false);
end $$;

create function app.sees_policy(id bigint) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce((select case app.scope() when '' then true when 'customer' then p.customer_id = app.scope_id()
                                           when 'branch' then p.branch_id = app.scope_id() else false end
                     from app.policy p where p.tenant_id = current_setting('app.tenant_id')::int and p.id = $1), false);
end $$;

-- `entity` by its number in the catalog. What hangs on a policy is seen when the policy is.
create function app.sees_found(entity smallint, id bigint) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  tenant int := current_setting('app.tenant_id')::int;
begin
  return coalesce(case $1
    when 1 then (select app.sees_customer(c.id) from app.customer c where c.tenant_id = tenant and c.id = $2)
    when 2 then app.sees_vehicle($2)
    when 6 then app.sees_policy($2)
    when 9 then (select app.sees_policy(r.policy_id) from app.receipt r where r.tenant_id = tenant and r.id = $2)
    when 10 then (select app.sees_policy(c.policy_id) from app.certificate c where c.tenant_id = tenant and c.id = $2) end, false);
end $$;
revoke execute on function app.sees_customer(bigint), app.sees_vehicle(bigint), app.sees_policy(bigint), app.sees_found(smallint, bigint)
  from public;
grant execute on function app.sees_customer(bigint), app.sees_vehicle(bigint), app.sees_policy(bigint), app.sees_found(smallint, bigint)
  to bima_worker;

alter policy scope on app.vehicle using (
  (select app.sees()) <> 'part' or ((select app.scope()) = 'customer' and owner_id = (select app.scope_id()))
  or ((select app.scope()) = 'branch' and app.sees_customer(owner_id)));
alter policy scope on app.ownership using (
  (select app.sees()) <> 'part' or ((select app.scope()) = 'customer' and customer_id = (select app.scope_id()))
  or ((select app.scope()) = 'branch' and app.sees_customer(customer_id)));
alter policy scope on app.person_key using ((select app.sees()) <> 'part' or app.sees_customer(customer_id));
alter policy scope on app.due_item using (
  (select app.sees()) <> 'part'
  or ((select app.scope()) = 'branch' and branch_id = (select app.scope_id()))
  or ((select app.scope()) = 'customer' and kind < 3 and app.sees_policy(policy_id)));
alter policy scope on app.search_token using ((select app.sees()) <> 'part' or app.sees_found(entity, row_id));
do $$
declare
  t text;
begin
  foreach t in array array['term', 'term_vehicle', 'cover', 'receipt', 'certificate', 'renewal'] loop
    execute format('alter policy scope on app.%I using ((select app.sees()) <> ''part'' or app.sees_policy(policy_id))', t);
  end loop;
end $$;
