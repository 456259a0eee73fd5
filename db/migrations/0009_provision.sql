-- A company and all it needs to begin, in one transaction. What varies in the trade (kinds of vehicle and paper, plate
-- patterns, prices, taxes) is data from here on: each company changes its own.
set local role bima_owner;

create function app.provision_types(tenant int) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  insert into app.vehicle_type (tenant_id, code, name) values
    (tenant, 'motorcycle', 'Motorcycle'), (tenant, 'bajaji', 'Bajaji (three-wheeler)'), (tenant, 'car', 'Car'),
    (tenant, 'taxi', 'Taxi'), (tenant, 'bus', 'Bus'), (tenant, 'truck', 'Truck'), (tenant, 'trailer', 'Trailer'),
    (tenant, 'special', 'Special purpose');
  insert into app.id_type (tenant_id, code, name, pattern, birth_at) values
    (tenant, 'nida', 'National ID (NIDA)', '^[0-9]{20}$', 1),
    (tenant, 'passport', 'Passport', '^[A-Z]{1,3}[0-9]{6,7}$', null),
    (tenant, 'driving_licence', 'Driving licence', '^[0-9]{10}$', null),
    (tenant, 'voter', 'Voter card', '^T[0-9]{11,12}$', null),
    (tenant, 'tin', 'Taxpayer number (TIN)', '^[0-9]{9}$', null);
  insert into app.plate_pattern (tenant_id, code, name, pattern, vehicle_type_id)
  select tenant, v.code, v.name, v.pattern, (select id from app.vehicle_type where tenant_id = tenant and code = v.type)
    from (values
      ('t', 'T 123 ABC', '^T[0-9]{3}[A-Z]{3}$', null),
      ('mc', 'MC 123 ABC, motorcycle', '^MC[0-9]{3}[A-Z]{3}$', 'motorcycle'),
      ('mc_three', 'MC 123 ABC, three-wheeler', '^MC[0-9]{3}[A-Z]{3}$', 'bajaji'),
      ('zanzibar', 'Z 123 AB, Zanzibar', '^Z[0-9]{3}[A-Z]{2}$', null),
      ('government', 'STK 1234, government', '^ST[A-Z]{0,2}[0-9]{3,5}$', null),
      ('parastatal', 'SU 12345, public corporation', '^SU[0-9]{3,5}$', null),
      ('local', 'SM 12345, local authority', '^SM[0-9]{3,5}$', null),
      ('project', 'DFP 1234, donor project', '^DFPA?[0-9]{3,5}$', null),
      ('police', 'PT 1234, police', '^PT[0-9]{3,5}$', null),
      ('army', 'JW 1234, army', '^[0-9]{0,4}JW[0-9]{2,5}$', null),
      ('diplomatic', 'T 12 CD 345, diplomatic', '^T[0-9]{1,3}C[CD][0-9]{1,4}$', null)) as v(code, name, pattern, type);
end $$;

create function app.provision_products(tenant int) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  full_cover bigint;
  third_party bigint;
begin
  insert into app.product (tenant_id, code, name, basis) values (tenant, 'comprehensive', 'Motor comprehensive', 1) returning id into full_cover;
  insert into app.product (tenant_id, code, name, basis) values (tenant, 'third_party', 'Motor third party', 2) returning id into third_party;
  -- 3.5 % of the sum insured; VAT 18 % on top.
  insert into app.rate (tenant_id, product_id, from_date, rate, tax) values (tenant, full_cover, '2020-01-01', 35000, 180000);
  insert into app.rate (tenant_id, product_id, vehicle_type_id, from_date, flat, tax)
  select tenant, third_party, (select id from app.vehicle_type where tenant_id = tenant and code = v.type), '2020-01-01', v.flat, 180000
    from (values ('motorcycle', 5000000), ('bajaji', 7500000), ('car', 10000000), ('taxi', 15000000), ('bus', 40000000),
                 ('truck', 30000000), ('trailer', 15000000), ('special', 20000000)) as v(type, flat);
end $$;

-- `branches`: [["KK", "Kariakoo"], …], the first is the administrator's. `admin_hash`: Argon2id text, or null.
create function app.provision_company(code text, name text, domain text, admin_login text, admin_hash text,
                                      branches jsonb default '[["HQ", "Head office"]]') returns int
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  tenant int;
  head bigint;
begin
  perform set_config('app.actor', 'bimactl', true), set_config('app.action', 'provision', true), set_config('app.user_id', '', true);
  insert into app.tenant (code, name) values (code, name) returning id into tenant;
  insert into app.tenant_domain (domain, tenant_id) values (lower(domain), tenant);
  insert into app.branch (tenant_id, code, name)
  select tenant, b ->> 0, b ->> 1 from jsonb_array_elements(branches) with ordinality as v(b, place) order by place;
  select b.id into head from app.branch b where b.tenant_id = tenant and b.code = branches -> 0 ->> 0;
  insert into app.user_account (tenant_id, login, name, role, branch_id, password_hash)
  values (tenant, lower(admin_login), 'Administrator', 1, head, admin_hash);
  perform app.provision_types(tenant);
  perform app.provision_products(tenant);
  return tenant;
end $$;
