-- Ids: a sequence per table, its value passed through a permutation of 1 .. 2^32 - 1 keyed by this installation
-- and by the table. Unique, short to type, and silent about how many records anybody else has.
set local role bima_owner;

-- One row, read by its owner only. Six round keys of 32 bits, made once, never changed.
create table app.installation (
  one    boolean primary key default true check (one),
  id_key bigint[] not null check (cardinality(id_key) = 6)
);

insert into app.installation (id_key)
select array_agg(('x' || encode(substr(h, 4 * i + 1, 4), 'hex'))::bit(32)::bigint order by i)
  from sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'utf8')) as h,
       generate_series(0, 5) as i;

-- A Feistel network over two halves of 16 bits. All arithmetic modulo 2^32:
--   for each of the six keys k, rounds 0 .. 5:
--     x = (right + k + table * 0x9E3779B1 + round) mod 2^32
--     x = (x xor x >> 16) * 0x045D9F3B mod 2^32, twice
--     x = x xor x >> 16
--     left, right = right, left xor (x and 0xFFFF)
--   id = left * 65536 + right
-- server/ctl computes the same for the demo data; a test compares the two.
create function app.permute(n bigint, tbl int, keys bigint[]) returns bigint
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  hi   bigint := (n >> 16) & 65535;
  lo   bigint := n & 65535;
  tab  bigint := (tbl * 2654435761) & 4294967295;
  x    bigint;
begin
  for r in 1..6 loop
    x := (lo + keys[r] + tab + r - 1) & 4294967295;
    x := ((x # (x >> 16)) * 73244475) & 4294967295;
    x := ((x # (x >> 16)) * 73244475) & 4294967295;
    x := x # (x >> 16);
    x := hi # (x & 65535);
    hi := lo;
    lo := x;
  end loop;
  return (hi << 16) | lo;
end $$;

-- Zero is nobody's id: the one number that maps to it is passed over.
create function app.new_id(seq regclass, tbl int) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  keys bigint[] := (select id_key from app.installation);
  id   bigint;
begin
  loop
    id := app.permute(nextval(seq), tbl, keys);
    exit when id <> 0;
  end loop;
  return id;
end $$;

-- The table's number is its number in the catalog.
do $$
declare
  t record;
begin
  for t in select * from (values
      ('customer', 1), ('vehicle', 2), ('ownership', 3), ('product', 4), ('rate', 5), ('policy', 6), ('term', 7),
      ('cover', 8), ('receipt', 9), ('certificate', 10), ('branch', 11), ('user_account', 12), ('vehicle_type', 13),
      ('id_type', 14), ('plate_pattern', 15), ('user_key', 16)) as v(name, number) loop
    execute format('create sequence app.%I as bigint minvalue 1 maxvalue 4294967295 cache 1', t.name || '_seq');
    execute format('alter table app.%I alter column id set default app.new_id(%L, %s)', t.name, 'app.' || t.name || '_seq', t.number);
    execute format('alter sequence app.%I owned by app.%I.id', t.name || '_seq', t.name);
    execute format('alter table app.%I add constraint id_range check (id between 1 and 4294967295)', t.name);
  end loop;
end $$;
