"""The data that is measured on. Each set is the state directory of a service, made once and kept.

Companies and their business come from `bimactl demo`; what is many times that is copied from it in the database by sets of
rows, with the triggers off and new ids, plates, numbers and words, so that every statement of the service finds what it
would find after years, by the same plans. What no measured statement reads (history, files) is not copied.
"""
import os
import shutil
import subprocess
import time

from host import Host

FORM = "1"  # of the sets: another one has them made anew. Migrations are applied to them by the service itself
SOURCE = "simba.co.tz"
PEOPLE = ("admin", "amina", "juma", "neema", "fatuma")
LOCAL = ("set session_replication_role = replica; set synchronous_commit = off; set work_mem = '128MB';"
         " set maintenance_work_mem = '512MB'; set statement_timeout = 0; set timezone = 'UTC';")
# What a company is made of before it does business; ids are the company's own, so they may be the same as another's.
GROUND = ("branch", "role", "user_account", "vehicle_type", "id_type", "plate_pattern", "product", "rate", "field_template")
BUSINESS = ("customer", "person_key", "vehicle", "ownership", "policy", "term", "term_vehicle", "cover", "receipt",
            "certificate", "renewal", "due_item", "due_count", "day_figure", "counter", "search_token", "search_word")
# number in the catalog, by table
NUMBERS = {"customer": 1, "vehicle": 2, "ownership": 3, "policy": 6, "term": 7, "cover": 8, "renewal": 24}


class Loader:
    """SQL as the superuser of a running service."""

    def __init__(self, host):
        self.host = host

    def run(self, *statements):
        return self.host.sql(LOCAL + ";".join(statements))

    def lines(self, query):
        return [line for line in self.host.sql(query).splitlines() if line]

    def columns(self, table):
        return self.lines(f"select attname from pg_attribute where attrelid = 'app.{table}'::regclass and attnum > 0"
                          " and not attisdropped and attgenerated = '' and attidentity = '' order by attnum")

    def tenant(self, domain):
        return int(self.host.sql(f"select tenant_id from app.tenant_domain where domain = '{domain}'"))

    def make_company(self, code, domain):
        self.host.ctl("company", "add", code, f"Company {code}", "--domain", domain)
        return self.tenant(domain)

    def copy_ground(self, source, target):
        """The people, branches, products and settings of one company become another's."""
        settings = [c for c in self.columns("tenant")
                    if c not in ("id", "code", "name", "version", "status", "created_at", "updated_at")]
        self.run(*(f"delete from app.{t} where tenant_id = {target}" for t in reversed(GROUND)),
                 *(self.copy_statement(t, source, target) for t in GROUND),
                 f"update app.tenant t set ({', '.join(settings)}) = (select {', '.join(settings)} from app.tenant"
                 f" where id = {source}) where id = {target}")

    def copy_statement(self, table, source, target):
        """Users are the one thing whose ids differ: the service remembers people by them."""
        columns, changed = self.columns(table), {"tenant_id": str(target)}
        people = [c for c, to in references(self, table).items() if to == "user_account"] + ["id"] * (table == "user_account")
        changed.update((c, f"({c} + {target} * 1000003) % 4294967291 + 1") for c in people)
        values = ", ".join(changed.get(c, c) for c in columns)
        return f"insert into app.{table} ({', '.join(columns)}) select {values} from app.{table} where tenant_id = {source}"

    def copy_business(self, source, target):
        self.run(*(self.copy_statement(t, source, target) for t in BUSINESS))

    def add_keys(self):
        """Everybody of PEOPLE signs in with the key of his name, in every company."""
        for name in PEOPLE:
            key, mark = self.host.public_key(name)
            self.run("insert into app.user_key (tenant_id, user_id, name, public_key, fingerprint) select tenant_id, id,"
                     f" 'bench', '{key}', '{mark}' from app.user_account u where login = '{name}' and tenant_id > 0"
                     f" and not exists (select from app.user_key k where k.tenant_id = u.tenant_id and k.fingerprint = '{mark}')")

    def settle(self):
        """What the service does by itself after a load is over before anything is measured."""
        self.run("update app.tenant set four_eyes_minor = null")
        self.host.sql("vacuum analyze")
        self.host.wait_sealed()
        self.host.sql("checkpoint")


def references(loader, table):
    """{column: the table whose id it holds}"""
    return dict(line.split() for line in loader.lines(
        "select a.attname || ' ' || r.relname from pg_constraint c join pg_class r on r.oid = c.confrelid,"
        " unnest(c.conkey, c.confkey) as k(here, there) join pg_attribute f on true join pg_attribute a on true"
        f" where c.contype = 'f' and c.conrelid = 'app.{table}'::regclass and a.attrelid = c.conrelid and a.attnum = k.here"
        " and f.attrelid = c.confrelid and f.attnum = k.there and f.attname = 'id' and a.attname <> 'tenant_id'"))


# ---------------------------------------------------------------- twenty companies

def make_companies(loader, companies, customers):
    """As many customers in each; every vehicle had another policy years ago, so there are two policies to one vehicle."""
    loader.host.ctl("demo", "--customers", str(customers * 5 // 3), "--passwords", loader.host.password_list)
    source = loader.tenant(SOURCE)
    add_past(loader, source)
    loader.run("update app.tenant set collect_in_parts = false")
    for i in range(1, companies):
        target = loader.make_company(f"C{i:02}", f"c{i:02}.co.tz")
        loader.copy_ground(source, target)
        loader.copy_business(source, target)


def add_past(loader, tenant):
    policy, term, cover = (loader.columns(t) for t in ("policy", "term", "cover"))

    def cells(columns, changed):
        return ", ".join(changed.get(c, "t." + c) for c in columns)
    back = "interval '6 years'"
    loader.run(
        "create temp table past as select p.id, app.new_id('app.policy_seq', 6) as policy_id, app.new_id('app.term_seq', 7) as term_id,"
        " app.new_id('app.cover_seq', 8) as cover_id, x.id as old_term, c.id as old_cover from app.policy p"
        " join lateral (select id from app.term x where x.tenant_id = p.tenant_id and x.policy_id = p.id and x.state in (4, 6)"
        " order by seq desc limit 1) x on true"
        " join app.cover c on c.tenant_id = p.tenant_id and c.term_id = x.id"
        f" where p.tenant_id = {tenant} and p.vehicle_id is not null and p.start_date is not null",
        f"insert into app.policy ({', '.join(policy)}) select " + cells(policy, {
            "id": "x.policy_id", "number": "'H' || t.number", "state": "6", "start_date": f"(t.start_date - {back})::date",
            "end_date": f"(t.end_date - {back})::date", "created_at": f"t.created_at - {back}"}) +
        " from past x join app.policy t on t.id = x.id and t.tenant_id = " + str(tenant),
        f"insert into app.term ({', '.join(term)}) select " + cells(term, {
            "id": "x.term_id", "policy_id": "x.policy_id", "seq": "1", "state": "6", "start_date": f"(t.start_date - {back})::date",
            "end_date": f"(t.end_date - {back})::date", "created_at": f"t.created_at - {back}"}) +
        " from past x join app.term t on t.id = x.old_term and t.tenant_id = " + str(tenant),
        f"insert into app.cover ({', '.join(cover)}) select " + cells(cover, {
            "id": "x.cover_id", "policy_id": "x.policy_id", "term_id": "x.term_id", "in_force": "false",
            "from_date": f"(t.from_date - {back})::date", "to_date": f"(t.to_date - {back})::date"}) +
        " from past x join app.cover t on t.id = x.old_cover and t.tenant_id = " + str(tenant),
        "insert into app.search_token (tenant_id, token, entity, row_id, why)"
        f" select {tenant}, w, 6, x.policy_id, 6 from past x join app.policy p on p.tenant_id = {tenant} and p.id = x.policy_id"
        f" cross join lateral ({number_words('p.number')}) as v(w) on conflict do nothing")


def number_words(number):
    """What server/rule/token.c makes of a number: all of it, its serial, the serial without zeros."""
    serial = f"substring({number} from '[0-9]+$')"
    return (f"select distinct w from unnest(array[regexp_replace(lower({number}), '[^a-z0-9]', '', 'g'), {serial},"
            f" nullif(ltrim({serial}, '0'), left(ltrim({serial}, '0'), 1))]) as w where w <> ''")


# ---------------------------------------------------------------- one company with millions

class Multiply:
    """Copies of the records of one company, `times` each, as the records of another that is still empty."""

    SPREAD = 2654435761  # odd: a bijection of 32 bits, so that neighbours are not neighbours in the index
    PLATES = 13824000  # three digits, three letters out of 24
    STEP = 7368787  # without a common divisor with the number of plates or a power of ten

    def __init__(self, loader, source, target, times):
        self.loader, self.source, self.target, self.times = loader, source, target, times
        self.counts = {}

    def run(self):
        self.number()
        tables = ("customer", "vehicle", "ownership", "policy", "term", "cover", "renewal")
        undone = self.without_indexes(tables + ("search_token", "person_key", "due_item"))
        for table in tables:
            self.copy(table)
        self.copy_keys()
        self.copy_due()
        self.copy_words()
        for statement in undone:
            self.loader.run(statement)

    def kept(self, table, alias="t"):
        """Only one-vehicle policies with their last term."""
        last = f"(select max(l.seq) from app.term l where l.tenant_id = {self.source} and l.policy_id = {alias}.policy_id)"
        lone = f"exists (select from app.policy p where p.tenant_id = {self.source} and p.id = {alias}.policy_id and p.vehicle_id is not null)"
        return {"policy": f"{alias}.vehicle_id is not null", "term": f"{lone} and {alias}.seq = {last}",
                "cover": f"{lone} and exists (select from app.term e where e.tenant_id = {self.source} and e.id = {alias}.term_id"
                         f" and e.seq = {last.replace(alias + '.policy_id', 'e.policy_id')})",
                "renewal": f"{lone} and {alias}.renewed_term_id is null and exists (select from app.term e where e.tenant_id ="
                           f" {self.source} and e.id = {alias}.term_id and e.seq = {last.replace(alias + '.policy_id', 'e.policy_id')})"
                }.get(table, "true")

    def number(self):
        self.loader.run("create schema if not exists bench", "drop table if exists bench.place",
                        "create table bench.place (entity int, id bigint, n bigint, primary key (entity, id))")
        for table, number in NUMBERS.items():
            self.loader.run(f"insert into bench.place select {number}, t.id, row_number() over (order by t.id) - 1 from app.{table} t"
                            f" where t.tenant_id = {self.source} and {self.kept(table)}")
            self.counts[table] = int(self.loader.host.sql(f"select count(*) from bench.place where entity = {number}"))
        self.loader.run("analyze bench.place")

    def without_indexes(self, tables):
        """Drops what no foreign key needs and gives the statements that make it again, but for exclusions: no read needs them."""
        array = "array['" + "','".join(tables) + "']"
        of = f"(select format('app.%I', t)::regclass from unnest({array}) t)"
        undo = self.loader.lines(
            f"select format('alter table %s drop constraint %I', c.conrelid::regclass, c.conname) from pg_constraint c where c.contype in ('u', 'x', 'p')"
            f" and c.conrelid in {of} and not exists (select from pg_constraint f where f.contype = 'f' and f.conindid = c.conindid)"
            f" union all select format('drop index %s', i.indexrelid::regclass) from pg_index i where i.indrelid in {of}"
            " and not exists (select from pg_constraint c where c.conindid = i.indexrelid)")
        redo = self.loader.lines(
            f"select format('alter table %s add constraint %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) from pg_constraint c"
            f" where c.contype in ('u', 'p') and c.conrelid in {of} and not exists (select from pg_constraint f where f.contype = 'f' and f.conindid = c.conindid)"
            f" union all select pg_get_indexdef(i.indexrelid) from pg_index i where i.indrelid in {of}"
            " and not exists (select from pg_constraint c where c.conindid = i.indexrelid)")
        self.loader.run(*undo)
        return redo

    def global_place(self, table, alias):
        return f"({alias}.n + (k - 1) * {self.counts[table]})"

    def new_id(self, table, alias):
        return f"(({self.global_place(table, alias)} * {self.SPREAD} + 977) % 4294967296)"

    def changed(self, table):
        """New texts where two records may not have the same."""
        g = self.global_place(table, "own")
        if table == "vehicle":
            plate = f"(({g} * {self.STEP}) % {self.PLATES})"
            letters = "".join(f" || substr('ABCDEFGHJKLMNPQRSTUVWXYZ', ({plate} / {24 ** i} % 24)::int + 1, 1)" for i in range(3))
            head = "substring(t.plate_key from '^[A-Z]+')"
            digits = f"lpad(({plate} / 13824)::text, 3, '0')"
            tail = f"lpad((({g} * {self.STEP}) % 10000000)::text, 7, '0')"
            return {"plate": f"{head} || ' ' || {digits} || ' '{letters}", "plate_key": f"{head} || {digits}{letters}",
                    "chassis": f"left(t.chassis, -7) || {tail}", "chassis_key": f"left(t.chassis_key, -7) || {tail}",
                    "engine_no": f"left(t.engine_no, -7) || {tail}", "engine_key": f"left(t.engine_key, -7) || {tail}"}
        if table == "customer":
            tail = f"lpad((({g} * {self.STEP}) % 10000000)::text, 7, '0')"
            return {"phone_key": f"left(t.phone_key, 5) || {tail}", "id_type_id": "null", "id_key": "null", "birth_key": "null",
                    "phone": f"'+' || left(t.phone_key, 3) || ' ' || substr(t.phone_key, 4, 2) || left({tail}, 1) || ' '"
                             f" || substr({tail}, 2, 3) || ' ' || substr({tail}, 5)"}
        if table == "policy":
            return {"number": f"left(t.number, 8) || lpad((substr(t.number, 9)::bigint + (k - 1) * 10000)::text, 8, '0')"}
        return {}

    def copy(self, table):
        columns = self.loader.columns(table)
        changed, joins = self.changed(table), []
        refs = {c: to for c, to in references(self.loader, table).items() if to in NUMBERS}
        changed.update(tenant_id=str(self.target), id=self.new_id(table, "own"))
        if "created_at" in columns:
            changed["created_at"] = f"t.created_at - make_interval(secs => ({self.global_place(table, 'own')} * 7919) % 604800)"
        for i, (column, to) in enumerate(refs.items()):
            joins.append(f"left join bench.place r{i} on r{i}.entity = {NUMBERS[to]} and r{i}.id = t.{column}")
            changed[column] = self.new_id(to, f"r{i}")
        cells = ", ".join(changed.get(c, "t." + c) for c in columns)
        self.loader.run(f"insert into app.{table} ({', '.join(columns)}) select {cells} from app.{table} t join bench.place own on own.entity ="
                        f" {NUMBERS[table]} and own.id = t.id {' '.join(joins)} cross join generate_series(1, {self.times}) as k"
                        f" where t.tenant_id = {self.source}")

    def copy_keys(self):
        self.loader.run(f"insert into app.person_key (tenant_id, customer_id, generation, wrapped) select {self.target}, c.id, 1, '\\x00'"
                        f" from app.customer c where c.tenant_id = {self.target}")

    def copy_due(self):
        """What is due of policies and terms, the counts beside them, and the money of the days."""
        self.loader.run(
            "insert into app.due_item (tenant_id, kind, row_id, branch_id, due_date, is_open, policy_id, at)"
            f" select {self.target}, t.kind, {self.new_id('policy', 'r')}, t.branch_id, t.due_date, t.is_open, {self.new_id('policy', 'p')}, t.at"
            " from app.due_item t join bench.place r on r.entity = 6 and r.id = t.row_id join bench.place p on p.entity = 6 and p.id = t.policy_id"
            f" cross join generate_series(1, {self.times}) as k where t.tenant_id = {self.source} and t.kind in (1, 2)",
            f"insert into app.due_count (tenant_id, due_date, kind, n) select {self.target}, due_date, kind, count(*) from app.due_item"
            f" where tenant_id = {self.target} and is_open group by due_date, kind",
            f"insert into app.day_figure (tenant_id, day, branch_id, kind, n, amount) select {self.target}, day, branch_id, kind,"
            f" n * {self.times}, amount * {self.times} from app.day_figure where tenant_id = {self.source}")

    def copy_words(self):
        t = self.target
        for entity, why, query in vehicle_words(t) + customer_words(t):
            self.loader.run(f"insert into app.search_token (tenant_id, token, entity, row_id, why) select distinct {t}, left(w, 40), {entity}, id,"
                            f" {why} from ({query}) as q(id, w) where w <> ''")
        self.loader.run(
            f"insert into app.search_token (tenant_id, token, entity, row_id, why) select {t}, w, 6, p.id, 6 from app.policy p"
            f" cross join lateral ({number_words('p.number')}) as v(w) where p.tenant_id = {t}",
            "insert into app.search_token (tenant_id, token, entity, row_id, why) select distinct "
            f"{t}, s.token, 1, {self.new_id('customer', 'own')}, 5 from app.search_token s join bench.place own on own.entity = 1"
            f" and own.id = s.row_id cross join generate_series(1, {self.times}) as k where s.tenant_id = {self.source} and s.entity = 1 and s.why = 5",
            f"insert into app.search_word (tenant_id, word) select {t}, word from app.search_word where tenant_id = {self.source}")


def vehicle_words(tenant):
    """As server/rule/token.c makes them. A plate in three ways, chassis and engine whole and by their last six."""
    of = f"from app.vehicle where tenant_id = {tenant}"
    return [(2, 1, f"select id, unnest(array[lower(plate_key), substring(lower(plate_key) from '[0-9].*$'),"
                   f" substring(lower(plate_key) from '[a-z]+$')]) {of}"),
            (2, 4, f"select id, unnest(array[lower(chassis_key), lower(right(chassis_key, 6))]) {of}"),
            (2, 9, f"select id, unnest(array[lower(engine_key), nullif(lower(right(engine_key, 6)), lower(right(chassis_key, 6)))]) {of}")]


def customer_words(tenant):
    return [(1, 2, "select id, unnest(array[phone_key, '0' || substr(phone_key, 4), substr(phone_key, 4), right(phone_key, 6)])"
                   f" from app.customer where tenant_id = {tenant}")]


def check_words(loader, source):
    """The words made here must be those the program makes, or `find` would be measured on something else."""
    for entity, why, query in vehicle_words(source) + customer_words(source):
        wrong = loader.lines(
            f"with made as (select distinct id, left(w, 40) as w from ({query}) as q(id, w) where w <> ''),"
            f" own as (select row_id, token from app.search_token where tenant_id = {source} and entity = {entity} and why = {why})"
            " select row_id || ' ' || token from own where not exists (select from made where (id, w) = (row_id, token))"
            " union all select id || ' ' || w from made where not exists (select from own where (row_id, token) = (id, w)) limit 3")
        assert not wrong, f"words of entity {entity}, why {why}, differ from the program's: {wrong}"


def make_millions(loader, vehicles, customers):
    loader.host.ctl("demo", "--customers", str(customers * 5 // 3), "--passwords", loader.host.password_list)
    source = loader.tenant(SOURCE)
    check_words(loader, source)
    target = loader.make_company("MM", "millions.co.tz")
    loader.copy_ground(source, target)
    have = int(loader.host.sql(f"select count(*) from app.vehicle where tenant_id = {source}"))
    Multiply(loader, source, target, -(-vehicles // have)).run()


# ---------------------------------------------------------------- many companies

def make_tenants(loader, companies, customers):
    """By the function that `bimactl company add` calls; what one costs is kept beside the set."""
    loader.host.ctl("demo", "--customers", str(customers), "--passwords", loader.host.password_list)
    script = "".join(f"begin; select app.platform_operator('add'); select app.company_make(jsonb_build_object('code', 'M{i:05}', 'name',"
                     f" 'Company {i}', 'domains', jsonb_build_array('m{i:05}.co.tz'), 'admin_login', 'admin'), 'company.add'); commit;\n"
                     for i in range(companies))
    began = time.monotonic()
    loader.host.script(script)
    loader.host.note("provision_ms", (time.monotonic() - began) / companies * 1000)
    began = time.monotonic()
    for i in range(5):
        loader.make_company(f"Z{i}", f"z{i}.co.tz")
    loader.host.note("company_add_ms", (time.monotonic() - began) / 5 * 1000)


def make_few(loader, customers):
    """What `tenants` is without its thousands: the same business of the same two companies."""
    loader.host.ctl("demo", "--customers", str(customers), "--passwords", loader.host.password_list)


SETS = {
    "companies": (make_companies, {"companies": 20, "customers": 10000}),
    "millions": (make_millions, {"vehicles": 5000000, "customers": 3000}),
    "tenants": (make_tenants, {"companies": 5000, "customers": 2000}),
    "few": (make_few, {"customers": 2000}),
    "small": (make_companies, {"companies": 3, "customers": 120}),
}


def ready(name, cache, say):
    """The directory of the set, made when it is missing or of another form."""
    place = os.path.join(cache, name)
    mark = os.path.join(place, "made")
    if os.path.exists(mark):
        with open(mark) as f:
            if f.read() == FORM:
                return place
    shutil.rmtree(place, ignore_errors=True)
    os.makedirs(place)
    make, sizes = SETS[name]
    began = time.monotonic()
    with Host(place) as host:
        loader = Loader(host)
        make(loader, **sizes)
        loader.add_keys()
        loader.settle()
    with open(mark, "w") as f:
        f.write(FORM)
    say(f"made the set {name} in {time.monotonic() - began:.0f} s")
    return place


def copy_of(place, target):
    """A set that writing is measured on is used once."""
    subprocess.run(["cp", "-a", "--reflink=auto", place, target], check=True)
    return target
