-- The tables. Every business table: tenant_id first, id from app.new_id, version for optimistic locking.
-- Rules (constraints over several rows, triggers, row-level security, grants) follow in later files.

set local role bima_owner;

-- One company. Settings are data with dates where the law changes them (rates), plain columns where it does not.
create table app.tenant (
  id                     int generated always as identity primary key,
  code                   text not null unique,            -- short word, also the {prefix} of numbers
  name                   text not null,
  status                 smallint not null default 1,     -- 1 active, 2 suspended
  currency               text not null default 'TZS',
  currency_exponent      smallint not null default 2,
  timezone               text not null default 'Africa/Dar_es_Salaam',
  country_prefix         text not null default '255',
  four_eyes_minor        bigint,                          -- receipts above this need a second person; null: never
  collect_in_parts       boolean not null default false,
  over_payment_credit    boolean not null default false,
  backdate_days          int not null default 0,          -- how far back a cover may start
  renew_ahead_days       int not null default 366,        -- how early a renewal may be taken
  policy_pattern         text not null default '{branch}/{year}/{seq:6}',
  receipt_pattern        text not null default 'R/{branch}/{year}/{seq:6}',
  certificate_pattern    text not null default 'C/{branch}/{year}/{seq:6}',
  certificate_header     text not null default '',
  created_at             timestamptz not null default now()
);
create table app.tenant_domain (
  domain     text collate "C" primary key,                -- lower case
  tenant_id  int not null references app.tenant
);

create table app.branch (
  tenant_id  int not null references app.tenant,
  id         bigint not null,
  version    int not null default 1,
  code       text collate "C" not null,
  name       text not null,
  phone      text,
  address    text,
  is_active  boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, code)
);

create table app.user_account (
  tenant_id     int not null references app.tenant,
  id            bigint not null,
  version       int not null default 1,
  login         text collate "C" not null,                -- the part before the @, lower case
  name          text not null,
  email         text,
  phone         text,
  role          smallint not null,                        -- 1 admin 2 manager 3 agent 4 cashier 5 viewer
  branch_id     bigint not null,
  language      text not null default 'en',
  is_active     boolean not null default true,
  password_hash text,                                     -- Argon2id; null: key only
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, login),
  foreign key (tenant_id, branch_id) references app.branch
);
create table app.user_key (
  tenant_id   int not null,
  id          bigint not null,
  version     int not null default 1,
  user_id     bigint not null,
  name        text not null,
  public_key  text collate "C" not null,                  -- "ssh-ed25519 AAAA…" without the comment
  fingerprint text collate "C" not null,                  -- "SHA256:…"
  is_active   boolean not null default true,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, fingerprint),
  foreign key (tenant_id, user_id) references app.user_account
);

-- Data tables a tenant loads: kinds of vehicle, kinds of identity paper, plate patterns.
create table app.vehicle_type (
  tenant_id  int not null references app.tenant,
  id         bigint not null,
  version    int not null default 1,
  code       text collate "C" not null,                   -- motorcycle, bajaji, car …
  name       text not null,
  is_active  boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, code)
);
create table app.id_type (
  tenant_id  int not null references app.tenant,
  id         bigint not null,
  version    int not null default 1,
  code       text collate "C" not null,                   -- nida, passport, driving_licence, tin …
  name       text not null,
  pattern    text not null,                               -- POSIX extended regular expression over the normalised number
  birth_at   smallint,                                    -- 1-based position of an embedded YYYYMMDD, or null
  is_active  boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, code)
);
create table app.plate_pattern (
  tenant_id       int not null references app.tenant,
  id              bigint not null,
  version         int not null default 1,
  code            text collate "C" not null,
  name            text not null,
  pattern         text not null,                          -- over the normalised plate
  vehicle_type_id bigint,                                 -- null: any
  is_active       boolean not null default true,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, code),
  foreign key (tenant_id, vehicle_type_id) references app.vehicle_type
);

create table app.customer (
  tenant_id   int not null references app.tenant,
  id          bigint not null,
  version     int not null default 1,
  kind        smallint not null,                          -- 1 individual 2 company
  name        text not null,
  phone       text not null,                              -- as typed, tidied
  phone_key   text collate "C" not null,                  -- 255712345678
  email       text,
  id_type_id  bigint,
  id_number   text,
  id_key      text collate "C",                           -- normalised id_number
  birth_date  date,
  gender      smallint,                                   -- 1 female 2 male
  address     text,
  city        text,
  branch_id   bigint not null,
  note        text,
  status      smallint not null default 1,                -- 1 active 2 void
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, id_type_id) references app.id_type,
  foreign key (tenant_id, branch_id) references app.branch
);

create table app.vehicle (
  tenant_id       int not null references app.tenant,
  id              bigint not null,
  version         int not null default 1,
  plate           text,                                   -- as shown, "T 337 DSE"; null in transit
  plate_key       text collate "C",                       -- T337DSE
  chassis         text,
  chassis_key     text collate "C",
  engine_no       text,
  engine_key      text collate "C",
  vehicle_type_id bigint not null,
  make            text not null,
  model           text,
  year            smallint,
  colour          text,
  seats           smallint,
  usage           smallint not null default 1,            -- 1 private 2 commercial 3 hire
  owner_id        bigint not null,                        -- the current owner; kept equal to app.ownership by trigger
  status          smallint not null default 1,            -- 1 registered 2 deregistered
  note            text,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, vehicle_type_id) references app.vehicle_type,
  foreign key (tenant_id, owner_id) references app.customer
);
create table app.ownership (
  tenant_id   int not null references app.tenant,
  id          bigint not null,
  version     int not null default 1,
  vehicle_id  bigint not null,
  customer_id bigint not null,
  from_date   date not null,
  to_date     date,                                       -- exclusive; null: the owner now
  reason      text,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, vehicle_id) references app.vehicle,
  foreign key (tenant_id, customer_id) references app.customer
);

create table app.product (
  tenant_id  int not null references app.tenant,
  id         bigint not null,
  version    int not null default 1,
  code       text collate "C" not null,                   -- comprehensive, third_party
  name       text not null,
  basis      smallint not null,                           -- 1 on the sum insured 2 flat
  is_active  boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, code)
);
-- The rate book: what a product costs for a kind of vehicle and usage, from a day on.
create table app.rate (
  tenant_id       int not null references app.tenant,
  id              bigint not null,
  version         int not null default 1,
  product_id      bigint not null,
  vehicle_type_id bigint,                                 -- null: any kind not named by another row
  usage           smallint,                               -- null: any
  from_date       date not null,
  to_date         date,                                   -- inclusive; null: until replaced
  rate            int not null default 0,                 -- ppm of the sum insured
  flat            bigint not null default 0,              -- minor units, added
  minimum         bigint not null default 0,              -- least premium
  levy            int not null default 0,                 -- ppm of the premium
  tax             int not null default 0,                 -- ppm of premium + levy
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, product_id) references app.product,
  foreign key (tenant_id, vehicle_type_id) references app.vehicle_type
);

create table app.policy (
  tenant_id   int not null references app.tenant,
  id          bigint not null,
  version     int not null default 1,
  number      text collate "C" not null,
  customer_id bigint not null,                            -- the holder
  product_id  bigint not null,
  vehicle_id  bigint not null,
  branch_id   bigint not null,
  sold_by     bigint not null,                            -- user
  state       smallint not null,                          -- that of its latest term, see term.state; kept by trigger
  start_date  date,                                       -- first day of the latest term that ever ran
  end_date    date,                                       -- last day of the latest term that ever ran
  note        text,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, number),
  foreign key (tenant_id, customer_id) references app.customer,
  foreign key (tenant_id, product_id) references app.product,
  foreign key (tenant_id, vehicle_id) references app.vehicle,
  foreign key (tenant_id, branch_id) references app.branch,
  foreign key (tenant_id, sold_by) references app.user_account
);
create table app.term (
  tenant_id    int not null references app.tenant,
  id           bigint not null,
  version      int not null default 1,
  policy_id    bigint not null,
  seq          smallint not null,                         -- 1, 2 … along the policy's life
  state        smallint not null,   -- 1 draft 2 quoted 3 awaiting payment 4 active 5 suspended 6 expired 7 cancelled 8 void
  start_date   date not null,
  end_date     date not null,                             -- inclusive
  months       smallint not null,
  sum_insured  bigint not null default 0,
  rate_id      bigint not null,
  premium      bigint not null,
  levy         bigint not null,
  tax          bigint not null,
  total        bigint not null,                           -- premium + levy + tax
  paid         bigint not null default 0,                 -- sum of verified receipts; kept by trigger
  activated_at timestamptz,
  reason       text,                                      -- of cancellation, voiding, suspension
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, policy_id, seq),
  foreign key (tenant_id, policy_id) references app.policy,
  foreign key (tenant_id, rate_id) references app.rate
);
create table app.cover (
  tenant_id   int not null references app.tenant,
  id          bigint not null,
  version     int not null default 1,
  policy_id   bigint not null,
  term_id     bigint not null,
  vehicle_id  bigint not null,
  from_date   date not null,
  to_date     date not null,                              -- inclusive
  in_force    boolean not null default false,             -- counts for "one active policy per vehicle"
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, policy_id) references app.policy,
  foreign key (tenant_id, term_id) references app.term,
  foreign key (tenant_id, vehicle_id) references app.vehicle
);
create table app.receipt (
  tenant_id    int not null references app.tenant,
  id           bigint not null,
  version      int not null default 1,
  number       text collate "C" not null,
  branch_id    bigint not null,
  year         smallint not null,
  serial       int not null,                              -- gap-free per branch and year
  policy_id    bigint not null,
  term_id      bigint not null,
  amount       bigint not null,
  method       smallint not null,                         -- 1 cash 2 mobile money 3 bank 4 cheque 5 card
  reference    text,
  state        smallint not null default 1,               -- 1 recorded 2 verified 3 rejected 4 reversed
  paid_on      date not null,
  taken_by     bigint not null,
  verified_by  bigint,
  verified_at  timestamptz,
  reason       text,                                      -- of rejection or reversal
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, number),
  unique (tenant_id, branch_id, year, serial),
  foreign key (tenant_id, branch_id) references app.branch,
  foreign key (tenant_id, policy_id) references app.policy,
  foreign key (tenant_id, term_id) references app.term,
  foreign key (tenant_id, taken_by) references app.user_account,
  foreign key (tenant_id, verified_by) references app.user_account
);
create table app.certificate (
  tenant_id   int not null references app.tenant,
  id          bigint not null,
  version     int not null default 1,
  number      text collate "C" not null,
  policy_id   bigint not null,
  term_id     bigint not null,
  cover_id    bigint not null,
  vehicle_id  bigint not null,
  from_date   date not null,
  to_date     date not null,
  state       smallint not null default 1,                -- 1 valid 2 withdrawn
  payload     text collate "C" not null,                  -- what the QR says, signed
  issued_by   bigint not null,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, number),
  foreign key (tenant_id, policy_id) references app.policy,
  foreign key (tenant_id, term_id) references app.term,
  foreign key (tenant_id, cover_id) references app.cover,
  foreign key (tenant_id, vehicle_id) references app.vehicle,
  foreign key (tenant_id, issued_by) references app.user_account
);

-- Numbers: one row per tenant, kind and period, locked until commit, so nothing is lost and nothing taken twice.
create table app.counter (
  tenant_id int not null references app.tenant,
  kind      text collate "C" not null,                    -- policy, receipt, certificate
  branch_id bigint not null,
  period    int not null,                                 -- year, or 0
  n         bigint not null,
  primary key (tenant_id, kind, branch_id, period)
) with (fillfactor = 50);

-- Every version of every record. Written by one trigger; never changed.
create table app.history (
  tenant_id   int not null,
  id          bigint generated always as identity,
  at          timestamptz not null default clock_timestamp(),
  xid         xid8 not null default pg_current_xact_id(),
  tbl         text collate "C" not null,
  row_id      bigint not null,
  op          "char" not null,                            -- I insert, U update
  action      text,                                       -- the word of the action: issue, renew, verify …
  actor_id    bigint,
  actor       text not null,                              -- login and name as they were; "service" for jobs
  address     text,
  client      text,
  request_id  text,
  reason      text,
  policy_id   bigint,                                     -- of the row, where it has one: a policy's history shows all
  vehicle_id  bigint,
  customer_id bigint,
  before      jsonb,
  after       jsonb,
  primary key (tenant_id, id)
);

-- A request is done once: its key, what was asked (hash), what was answered; written with the effect.
create table app.idempotency (
  tenant_id  int not null,
  user_id    bigint not null,
  key        bytea not null,
  hash       bytea not null,
  code       smallint not null,
  reply      bytea not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, user_id, key)
);

-- Search: normalised words of every record that can be found.
create table app.search_token (
  tenant_id int not null,
  token     text collate "C" not null,
  entity    smallint not null,                            -- catalog number
  row_id    bigint not null,
  why       smallint not null,                            -- 1 plate 2 phone 3 id 4 chassis 5 name 6 policy 7 receipt 8 certificate 9 engine
  primary key (tenant_id, token, entity, row_id)
);
create table app.search_word (
  tenant_id int not null,
  word      text collate "C" not null,
  primary key (tenant_id, word)
);

-- What falls due: one narrow row for everything that expires, with counts kept beside it.
create table app.due_item (
  tenant_id int not null,
  kind      smallint not null,                            -- 1 policy end, 2 unpaid term
  row_id    bigint not null,
  branch_id bigint not null,
  due_date  date not null,
  is_open   boolean not null,
  primary key (tenant_id, kind, row_id)
);
create table app.due_count (
  tenant_id int not null,
  due_date  date not null,
  kind      smallint not null,
  n         int not null,
  primary key (tenant_id, due_date, kind)
);
-- Money and policies by day and branch, for today's figures and the last days' bars.
create table app.day_figure (
  tenant_id int not null,
  day       date not null,
  branch_id bigint not null,
  kind      smallint not null,                            -- 1 issued 2 renewed 3 receipts verified
  n         int not null,
  amount    bigint not null,
  primary key (tenant_id, day, branch_id, kind)
);
