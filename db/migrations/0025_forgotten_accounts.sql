-- A customer who is forgotten took more with him than his record: the accounts with which he, or people of his, looked at it. They
-- are switched off and say nothing of anybody any more; nobody gets a new one.
set local role bima_owner;

create or replace function app.forget_customer(customer bigint) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  tenant int := current_setting('app.tenant_id')::int;
begin
  update app.customer set status = 3, name = 'forgotten', phone = 'forgotten', phone_key = '', city = null, id_type_id = null,
                          id_key = null, birth_key = null
   where tenant_id = tenant and id = $1;
  update app.user_key k set is_active = false, name = 'forgotten'
    from app.user_account u
   where u.tenant_id = tenant and u.customer_id = $1 and k.tenant_id = tenant and k.user_id = u.id;
  update app.user_account u set is_active = false, login = 'forgotten-' || u.id, name = 'forgotten', email = null, phone = null,
                                password_hash = null
   where u.tenant_id = tenant and u.customer_id = $1;
  -- Names nobody else has leave the dictionary too.
  with gone as (delete from app.search_token t where t.tenant_id = tenant and t.entity = 1 and t.row_id = $1 returning t.token)
  delete from app.search_word w using gone
   where w.tenant_id = tenant and w.word = gone.token
     and not exists (select from app.search_token t where t.tenant_id = tenant and t.token = w.word and (t.entity, t.row_id) <> (1, $1));
end $$;

create trigger b_holder before insert on app.user_account for each row when (new.customer_id is not null)
  execute function app.guard_holder();
create trigger b_holder_changed before update of customer_id, is_active on app.user_account for each row
  when (new.customer_id is not null and new.is_active) execute function app.guard_holder();
