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
    return {"plate": f"select plate_key from app.vehicle where tenant_id = {tenant} and plate_key <> '' order by md5(id::text) limit {few}",
            "phone": f"select right(phone_key, 6) from app.customer where tenant_id = {tenant} order by md5(id::text) limit {few}",
            "name": f"select {TYPO} from app.customer where tenant_id = {tenant} and length(split_part(name, ' ', 1)) > 4"
                    f" and length(split_part(name, ' ', 2)) > 3 order by md5(id::text) limit {few}",
            "vehicle": f"select id from app.vehicle where tenant_id = {tenant} order by md5(id::text) limit {few}",
            "policy": f"select p.id {RENEWABLE} and p.tenant_id = {tenant} order by md5(p.id::text) limit {renewals}"}


class Files:
    """`few` values of each kind in each company. Both sides draw from the same, so both find the same pages in memory."""

    def __init__(self, host, domains, few, renewals=0, people=("neema",)):
        self.samples, self.users = (os.path.join(host.home, f"{n}-{len(domains)}-{few}") for n in ("samples", "users"))
        self.domains = domains
        self.pool = []
        with open(self.samples, "w") as samples, open(self.users, "w") as users:
            for domain in domains:
                tenant = int(host.sql(f"select tenant_id from app.tenant_domain where domain = '{domain}'"))
                for name in people:
                    users.write(f"{domain}\t{name}@{domain}\t{host.key_path(name)}\n")
                for kind, query in queries(tenant, few, renewals).items():
                    for value in host.sql(query).splitlines():
                        samples.write(f"{domain}\t{kind}\t{value}\n")
