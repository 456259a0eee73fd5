-- What was done, tried and read, by whom, from where: app.audit. And what makes audit and history evidence: every row of both
-- is sealed into a chain of its company, whose heads are signed with a key the database never sees. See server/audit/seal.c.
set local role bima_owner;
select set_config('app.actor', 'service', true), set_config('app.action', 'migrate', true);

create table app.audit (
  tenant_id  int not null,
  id         bigint not null,
  at         timestamptz not null default clock_timestamp(),
  xid        xid8 not null default pg_current_xact_id(),
  kind       smallint not null,     -- 1 sign-in 2 refusal 3 read of personal data 4 change 5 export 6 platform 7 account
  what       text not null,         -- "customer add", "sign in"
  user_id    bigint,                -- null where nobody is known, and for people of the platform in a company's audit
  actor      text not null,         -- name and login as they were; what was typed where nobody is known
  address    text,
  client     text,
  session_id bigint,                -- public id of the session
  request_id text,                  -- as in the history of what was changed
  entity     text collate "C",      -- the catalog's word: customer, policy …
  row_id     bigint,
  count      bigint not null default 1,                     -- of rows read, or of refusals that stand in this one row
  outcome    smallint not null default 1,                   -- 1 done 2 refused
  detail     text,
  primary key (tenant_id, id),
  constraint kind_known check (kind between 1 and 7),
  constraint outcome_known check (outcome in (1, 2)),
  constraint what_given check (what <> '' and length(what) <= 80),
  constraint detail_short check (length(detail) <= 400)
);
create index audit_by_time on app.audit (tenant_id, at, id);
create index audit_by_kind on app.audit (tenant_id, kind, at, id);
create index audit_by_user on app.audit (tenant_id, user_id, at, id);
-- How the sealer finds what is new, across all companies.
create index audit_by_xid on app.audit (xid, id);
create index history_by_xid on app.history (xid, id);

-- As app.new_id, without its end: each four thousand million ids are a block of their own.
create sequence app.audit_seq as bigint minvalue 1 cache 1;
create function app.new_audit_id() returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  keys bigint[] := (select id_key from app.installation);
  n    bigint;
  id   bigint;
begin
  loop
    n := nextval('app.audit_seq');
    id := ((n >> 32) << 32) | app.permute(n & 4294967295, 21, keys);
    exit when id <> 0;
  end loop;
  return id;
end $$;
alter table app.audit alter column id set default app.new_audit_id();
alter sequence app.audit_seq owned by app.audit.id;

-- ---------------------------------------------------------------- the chain
-- hash = sha256(hash before ‖ tenant int4 ‖ stream int2 ‖ seq int8 ‖ row id int8 ‖ sha256 of the row's text), big-endian;
-- before the first stand 32 zero bytes.
create table app.sealed (
  tenant_id int not null,
  stream    smallint not null,                              -- 1 audit 2 history
  seq       bigint not null,                                -- 1, 2, 3 … per company and stream
  row_id    bigint not null,
  hash      bytea not null,
  primary key (tenant_id, stream, seq),
  constraint hash_whole check (octet_length(hash) = 32)
);
create unique index sealed_row on app.sealed (tenant_id, stream, row_id);
-- Signed heads of chains: Ed25519 over "bima-checkpoint-1 TENANT STREAM SEQ HASH AT", hash in hex, at in microseconds
-- since 1970. The key is a file of the service; who can write to the database can't sign.
create table app.checkpoint (
  tenant_id int not null,
  stream    smallint not null,
  seq       bigint not null,
  hash      bytea not null,
  at        timestamptz not null,
  signature bytea not null,
  primary key (tenant_id, stream, seq)
);
-- How far sealing has come: every row of a transaction before this place is sealed. Transaction numbers start anew in a
-- cluster that was filled from a dump, so the place is good for one cluster.
create table app.seal_state (
  stream  smallint primary key,
  cluster bigint not null,
  xid     xid8 not null default '0',
  row_id  bigint not null default 0
);
insert into app.seal_state (stream, cluster)
select s, case when exists (select from app.history where xid >= pg_snapshot_xmax(pg_current_snapshot())) then 0
               else (select system_identifier from pg_control_system()) end
  from generate_series(1, 2) as s;

do $$
declare
  t text;
begin
  foreach t in array array['audit', 'sealed', 'checkpoint'] loop
    execute format('create trigger never_changed before update or delete on app.%I for each statement execute function app.refuse_change()', t);
    execute format('create trigger never_emptied before truncate on app.%I for each statement execute function app.refuse_change()', t);
    execute format('create policy own_tenant on app.%I to bima_worker, bima_jobs using (tenant_id = current_setting(''app.tenant_id'')::int) '
                   'with check (tenant_id = current_setting(''app.tenant_id'')::int)', t);
    execute format('create policy platform_rows on app.%I to bima_platform using (tenant_id = 0) with check (tenant_id = 0)', t);
    execute format('create policy company_rows on app.%I as restrictive to bima_worker using (tenant_id > 0) with check (tenant_id > 0)', t);
    execute format('grant select on app.%I to bima_worker, bima_jobs, bima_platform', t);
    execute format('revoke update, delete, truncate, references, trigger on app.%I from bima_owner', t);
  end loop;
  foreach t in array array['audit', 'sealed', 'checkpoint', 'seal_state'] loop
    execute format('alter table app.%I enable row level security', t);
    execute format('alter table app.%I force row level security', t);
    execute format('create policy owner_all on app.%I to bima_owner using (true) with check (true)', t);
  end loop;
end $$;
create trigger never_deleted before delete on app.seal_state for each statement execute function app.refuse_change();
create trigger never_emptied before truncate on app.seal_state for each statement execute function app.refuse_change();
-- Who sees a part of the company sees what he did himself.
create policy scope on app.audit as restrictive for select to bima_worker using (
  (select app.sees()) <> 'part' or user_id = (select app.user_id()));

-- The text of a row that its digest is of: a fixed list of columns, no setting changes how it reads.
create view app.audit_text with (security_invoker = true) as
  select tenant_id, id, xid, at,
         json_build_array(tenant_id, id, (extract(epoch from at) * 1000000)::bigint, xid::text, kind, what, user_id, actor, address,
                          client, session_id, request_id, entity, row_id, count, outcome, detail)::text as text
    from app.audit;
create view app.history_text with (security_invoker = true) as
  select tenant_id, id, xid, at,
         json_build_array(tenant_id, id, (extract(epoch from at) * 1000000)::bigint, xid::text, tbl, row_id, op, action, actor_id, actor,
                          address, client, request_id, reason, policy_id, vehicle_id, customer_id, before, after)::text as text
    from app.history;
-- What people see of it: the catalog's entity.
create view app.audit_entry with (security_invoker = true) as
  select a.tenant_id, a.id, 1 as version, a.at, a.kind, a.what, a.outcome, a.user_id, a.actor, a.entity, a.row_id, a.count, a.detail,
         a.address, a.client, a.session_id, a.request_id
    from app.audit a;
-- The sealed audit as it is handed out: a line of JSON (server/audit/line.h) and a line for a spreadsheet, which must not take
-- a text for a formula.
create view app.audit_line with (security_invoker = true) as
  select s.tenant_id, s.seq, a.at,
         '{"seq":' || s.seq || ',"row":' || s.row_id || ',"hash":"' || encode(s.hash, 'hex') || '"'
         || coalesce(',"at":' || (extract(epoch from c.at) * 1000000)::bigint || ',"signature":"' || encode(c.signature, 'hex') || '"', '')
         || ',"text":' || x.text || '}' as json,
         concat_ws(',', s.seq, to_char(a.at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'),
                   (array['sign-in', 'refusal', 'read', 'change', 'export', 'platform', 'account'])[a.kind],
                   (array['done', 'refused'])[a.outcome])
         || (select string_agg(',"' || replace(regexp_replace(coalesce(v, ''), '^([-=+@])', '''\1'), '"', '""') || '"', '' order by place)
               from unnest(array[a.what, a.actor, a.entity, a.row_id::text, a.count::text, a.detail, a.address, a.client,
                                 a.session_id::text, a.request_id]) with ordinality as u(v, place))
         || ',' || encode(s.hash, 'hex') as csv
    from app.sealed s
    join app.audit a on a.tenant_id = s.tenant_id and a.id = s.row_id
    join app.audit_text x on x.tenant_id = a.tenant_id and x.id = a.id
    left join app.checkpoint c on c.tenant_id = s.tenant_id and c.stream = s.stream and c.seq = s.seq
   where s.stream = 1;
grant select on app.audit_entry, app.audit_text, app.audit_line to bima_worker, bima_platform, bima_jobs;

-- Rows that finished transactions left, at most `most`, in the order of (xid, id): a transaction that is still running has a
-- higher number than the oldest one running, so nothing comes later that belongs before. One row a company whose chain grew.
create function app.seal(stream int, most int)
returns table (tenant_id int, was_seq bigint, was_hash bytea, seq bigint, hash bytea, at timestamptz, taken int)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  state   app.seal_state;
  snap    pg_snapshot;
  here    bigint := (select c.system_identifier from pg_control_system() c);
  anew    boolean;
  source  text := (array['audit', 'history'])[$1];
  r       record;
  n       int := 0;
  t       int;
  q       bigint;
  h       bytea;
  tenants int[] := '{}';
  seqs    bigint[] := '{}';
  ids     bigint[] := '{}';
  hashes  bytea[] := '{}';
begin
  -- Nothing new is the usual case, and costs neither a lock nor a write.
  select s.* into strict state from app.seal_state s where s.stream = $1;
  snap := pg_current_snapshot();
  if state.cluster = here and state.xid <= pg_snapshot_xmin(snap) then
    execute format('select from app.%I x where (x.xid, x.id) > ($1, $2) and x.xid < $3 limit 1', source)
      using state.xid, state.row_id, pg_snapshot_xmin(snap);
    get diagnostics n = row_count;
    if n = 0 then
      return;
    end if;
    n := 0;
  end if;
  select s.* into strict state from app.seal_state s where s.stream = $1 for update;
  snap := pg_current_snapshot();
  anew := state.cluster <> here or state.xid > pg_snapshot_xmin(snap);
  at := now();
  for r in execute format(
      case when anew then
        'select b.tenant_id, b.id, b.xid, sha256(convert_to(b.text, ''UTF8'')) as digest, false as is_sealed from (select x.* from app.%1$I x '
        '  where (x.xid < $4 or x.xid >= $5) and not exists (select from app.sealed s where s.tenant_id = x.tenant_id and s.stream = $6 '
        '  and s.row_id = x.id) order by x.xid, x.id limit $3) b order by b.tenant_id, b.xid, b.id'
      else
        'select b.tenant_id, b.id, b.xid, sha256(convert_to(b.text, ''UTF8'')) as digest, exists (select from app.sealed s '
        '  where s.tenant_id = b.tenant_id and s.stream = $6 and s.row_id = b.id) as is_sealed from (select x.* from app.%1$I x '
        '  where (x.xid, x.id) > ($1, $2) and x.xid < $4 order by x.xid, x.id limit $3) b order by b.tenant_id, b.xid, b.id'
      end, source || '_text') using state.xid, state.row_id, $2, pg_snapshot_xmin(snap), pg_snapshot_xmax(snap), $1 loop
    n := n + 1;
    if not anew and (r.xid, r.id) > (state.xid, state.row_id) then
      state.xid := r.xid;
      state.row_id := r.id;
    end if;
    continue when r.is_sealed;
    if t is distinct from r.tenant_id then
      if t is not null then
        tenant_id := t; seq := q; hash := h;
        return next;
      end if;
      t := r.tenant_id;
      select s.seq, s.hash into q, h from app.sealed s where s.tenant_id = t and s.stream = $1 order by s.seq desc limit 1;
      q := coalesce(q, 0);
      h := coalesce(h, decode(repeat('00', 32), 'hex'));
      was_seq := q; was_hash := h; taken := 0;
    end if;
    q := q + 1;
    h := sha256(h || int4send(t) || int2send($1::int2) || int8send(q) || int8send(r.id) || r.digest);
    taken := taken + 1;
    tenants := tenants || t; seqs := seqs || q; ids := ids || r.id; hashes := hashes || h;
  end loop;
  if t is not null then
    tenant_id := t; seq := q; hash := h;
    return next;
    insert into app.sealed (tenant_id, stream, seq, row_id, hash)
    select v.t, $1, v.q, v.id, v.h from unnest(tenants, seqs, ids, hashes) as v(t, q, id, h);
  end if;
  if anew and n < $2 then
    state.cluster := here;
    state.xid := pg_snapshot_xmin(snap);
    state.row_id := 0;
  end if;
  if n > 0 or anew then
    update app.seal_state s set cluster = state.cluster, xid = state.xid, row_id = state.row_id where s.stream = $1;
  end if;
end $$;

create function app.seal_sign(tenant int, stream int, seq bigint, hash bytea, at timestamptz, signature bytea) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  insert into app.checkpoint (tenant_id, stream, seq, hash, at, signature) values ($1, $2::int2, $3, $4, $5, $6)
$$;
-- The hash at a place of a chain: whether what was seen once is still there.
create function app.seal_hash(tenant int, stream int, seq bigint) returns bytea
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select s.hash from app.sealed s where s.tenant_id = $1 and s.stream = $2 and s.seq = $3
$$;
-- How many seconds ago the first entry was written that is not sealed yet; 0: none.
create function app.seal_lag() returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce((select extract(epoch from clock_timestamp() - a.at)::bigint from app.audit a, app.seal_state s
                    where s.stream = 1 and (a.xid, a.id) > (s.xid, s.row_id) order by a.xid, a.id limit 1), 0)
$$;
grant execute on function app.seal(int, int), app.seal_sign(int, int, bigint, bytea, timestamptz, bytea), app.seal_hash(int, int, bigint),
  app.seal_lag() to bima_jobs;

-- ---------------------------------------------------------------- writing it
-- Inside a request: who, where and which session are those of app.enter (or app.enter_service).
create function app.audit_add(kind int, what text, entity text default null, row_id bigint default null, count bigint default 1,
                              outcome int default 1, detail text default null) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if $1 = 6 and current_setting('app.audited', true) = 'yes' then
    return;                                                 -- audit_platform has said it better
  end if;
  insert into app.audit (tenant_id, kind, what, user_id, actor, address, client, session_id, request_id, entity, row_id, count, outcome, detail)
  values (current_setting('app.tenant_id')::int, $1, left($2, 80), nullif(current_setting('app.user_id', true), '')::bigint,
          coalesce(nullif(current_setting('app.actor', true), ''), 'service'), nullif(current_setting('app.address', true), ''),
          nullif(current_setting('app.client', true), ''), nullif(current_setting('app.session_id', true), '')::bigint,
          nullif(current_setting('app.request_id', true), ''), $3, $4, $5, $6, left($7, 400));
end $$;

-- Outside a request: sign-ins and what is refused before a session is open. `actor` is the name and login, or what was typed;
-- left empty it is looked up.
-- Companies' workers write in companies' audits, the platform's in the platform's.
create function app.audit_note(tenant int, kind int, what text, actor text, "user" bigint default null, address text default null,
                               client text default null, session bigint default null, outcome int default 1, detail text default null,
                               count bigint default 1, entity text default null, row_id bigint default null) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  caller text := coalesce(nullif(current_setting('role'), 'none'), session_user);
begin
  if (caller = 'bima_worker' and $1 = 0) or (caller = 'bima_platform' and $1 <> 0) then
    raise exception 'not this role''s audit' using errcode = 'insufficient_privilege', table = 'audit';
  end if;
  insert into app.audit (tenant_id, kind, what, user_id, actor, address, client, session_id, entity, row_id, count, outcome, detail)
  select t.id, $2, left($3, 80), $5,
         left(coalesce(nullif($4, ''), (select u.name || ' (' || u.login || ')' from app.user_account u where u.tenant_id = t.id and u.id = $5),
                       'unknown'), 200), left(nullif($6, ''), 80), left(nullif($7, ''), 80), $8, $12, $13, $11, $9,
         left($10, 400)
    from app.tenant t where t.id = $1;
end $$;

-- What a person of the platform does about a company, inside his request: one row in the platform's audit and one in the
-- company's own, which sees who it was but no user of its own.
create function app.audit_platform(company int, what text, entity text default null, row_id bigint default null,
                                   count bigint default 1, outcome int default 1, detail text default null) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  caller text := coalesce(nullif(current_setting('role'), 'none'), session_user);
  code text := (select t.code from app.tenant t where t.id = $1);
begin
  if current_setting('app.tenant_id') <> '0' or caller in ('bima_worker', 'bima_jobs') then
    raise exception 'not inside a request of the platform' using errcode = 'insufficient_privilege', table = 'audit';
  end if;
  perform set_config('app.audited', '', true);
  perform app.audit_add(6, $2, $3, $4, $5, $6, concat_ws(': ', code, $7));
  perform set_config('app.audited', 'yes', true);
  insert into app.audit (tenant_id, kind, what, actor, address, client, request_id, entity, row_id, count, outcome, detail)
  select t.id, 6, left($2, 80), coalesce(nullif(current_setting('app.actor', true), ''), 'somebody') || ', platform',
         nullif(current_setting('app.address', true), ''), nullif(current_setting('app.client', true), ''),
         nullif(current_setting('app.request_id', true), ''), $3, $4, $5, $6, left($7, 400)
    from app.tenant t where t.id = $1 and t.id > 0;
end $$;
grant execute on function app.audit_add(int, text, text, bigint, bigint, int, text) to bima_worker, bima_jobs, bima_platform, bima_search;
grant execute on function app.audit_note(int, int, text, text, bigint, text, text, bigint, int, text, bigint, text, bigint)
  to bima_worker, bima_jobs, bima_platform, bima_search;
grant execute on function app.audit_platform(int, text, text, bigint, bigint, int, text) to bima_platform;
