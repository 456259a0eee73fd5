"""What bench_load asks with: who signs in, and samples of what is there."""
import os

READS = ("find_plate", "find_phone", "find_name", "vehicle", "of_vehicle", "list", "home")
WRITES = ("sell", "renew")

# A name with its second letter and third exchanged, and the first letters of the one after it.
TYPO = ("lower(left(split_part(name, ' ', 1), 1) || substr(split_part(name, ' ', 1), 3, 1) || substr(split_part(name, ' ', 1), 2, 1)"
        " || substr(split_part(name, ' ', 1), 4)) || ' ' || lower(left(split_part(name, ' ', 2), 4))")
# Of a year like the last one, so that all renewals do the same.
RENEWABLE = ("from app.policy p join app.term x on x.tenant_id = p.tenant_id and x.policy_id = p.id and x.state = 4 and x.months = 12"
             " where p.vehicle_id is not null and p.state = 4 and p.end_date between current_date and current_date + 300"
             " and not exists (select from app.term o where o.tenant_id = p.tenant_id and o.policy_id = p.id and o.seq > x.seq)")


def queries(tenant, few, renewals):
    return {"plate": f"select plate_key from app.vehicle where tenant_id = {tenant} and plate_key <> '' order by hashint8(id) limit {few}",
            "phone": f"select right(phone_key, 6) from app.customer where tenant_id = {tenant} order by hashint8(id) limit {few}",
            "name": f"select {TYPO} from app.customer where tenant_id = {tenant} and length(split_part(name, ' ', 1)) > 4"
                    f" and length(split_part(name, ' ', 2)) > 3 order by hashint8(id) limit {few}",
            "vehicle": f"select id from app.vehicle where tenant_id = {tenant} order by hashint8(id) limit {few}",
            "policy": f"select p.id {RENEWABLE} and p.tenant_id = {tenant} order by hashint8(p.id) limit {renewals}"}


def make_clerks(host, domains, each):
    """As many people like neema in each company, with keys that are the same in all of them. Their logins, for Files."""
    columns = host.sql("select attname from pg_attribute where attrelid = 'app.user_account'::regclass and attnum > 0"
                       " and not attisdropped and attgenerated = ''").split()
    own = {"id": "(id + i * 1000003) % 4294967291 + 1", "login": "'clerk' || i", "email": "null"}
    names, clerks = ", ".join(f"'{d}'" for d in domains), [f"clerk{i}" for i in range(1, each + 1)]
    keys = ", ".join("('%s', '%s', '%s')" % (name, *host.public_key(name)) for name in clerks)
    host.script(f"set session_replication_role = replica; with made as (insert into app.user_account ({', '.join(columns)})"
                f" select {', '.join(own.get(c, c) for c in columns)} from app.user_account u, generate_series(1, {each}) i where login = 'neema'"
                f" and exists (select from app.tenant_domain d where d.tenant_id = u.tenant_id and d.domain in ({names}))"
                " returning tenant_id, id, login) insert into app.user_key (tenant_id, user_id, name, public_key, fingerprint)"
                f" select tenant_id, id, 'bench', public, mark from made join (values {keys}) as k(login, public, mark) using (login);"
                " analyze app.user_account")
    return clerks


class Files:
    """`few` values of each kind in each company. Both sides draw from the same, so both find the same pages in memory."""

    def __init__(self, host, domains, few, renewals=0, people=("neema",)):
        self.samples, self.users = (os.path.join(host.home, f"{n}-{len(domains)}-{few}-{len(people)}") for n in ("samples", "users"))
        self.domains, self.people = domains, people
        self.pool = []
        with open(self.users, "w") as users:
            users.writelines(f"{d}\t{name}@{d}\t{host.key_path(name)}\n" for name in people for d in domains)
        with open(self.samples, "w") as samples:
            for domain in domains:
                tenant = int(host.sql(f"select tenant_id from app.tenant_domain where domain = '{domain}'"))
                for kind, query in queries(tenant, few, renewals).items():
                    for value in host.sql(query).splitlines():
                        samples.write(f"{domain}\t{kind}\t{value}\n")
