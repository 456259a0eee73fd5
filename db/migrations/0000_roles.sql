-- Runs as whoever migrates: a superuser, or a role with CREATEROLE and CREATE on the database. Everything later
-- is made by bima_owner. No role here has BYPASSRLS; only bima_worker and bima_jobs may log in.

do $$
declare
  wanted record;
begin
  for wanted in select * from (values ('bima_owner', 'nologin'), ('bima_search', 'nologin'),
                                      ('bima_worker', 'login'), ('bima_jobs', 'login')) as r(name, login) loop
    if not exists (select from pg_roles where rolname = wanted.name) then
      execute format('create role %I %s nosuperuser nocreatedb nocreaterole noinherit nobypassrls', wanted.name, wanted.login);
    end if;
    -- A conninfo that names its own user becomes one of these with SET ROLE.
    if not pg_has_role(current_user, wanted.name, 'member') then
      execute format('grant %I to current_user', wanted.name);
    end if;
  end loop;
end $$;
-- The owner hands a few look-up functions over to the search role.
grant bima_search to bima_owner;

alter role bima_worker set statement_timeout = '15s';
alter role bima_worker set lock_timeout = '5s';
alter role bima_worker set idle_in_transaction_session_timeout = '15s';
alter role bima_worker set jit = off;
alter role bima_jobs set statement_timeout = '120s';
alter role bima_jobs set lock_timeout = '5s';
alter role bima_jobs set idle_in_transaction_session_timeout = '60s';
alter role bima_jobs set jit = off;

create extension if not exists btree_gist;
create extension if not exists btree_gin;
create extension if not exists pg_trgm;

create schema app;
do $$ begin
  execute format('grant create, temporary, connect on database %I to bima_owner', current_database());
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to bima_worker, bima_jobs', current_database());
end $$;
alter schema app owner to bima_owner;
revoke all on schema app from public;
grant usage on schema app to bima_worker, bima_jobs, bima_search;
