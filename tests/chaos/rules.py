"""The rules that can never be broken, each as a search for what breaks it. Written from DOMAIN.md alone: no function, view or
kept column of the service is trusted where the records themselves can be asked.

States of a term: 4 active, 5 suspended, 6 expired, 7 cancelled, 8 void, less than 4 not yet paid. Of a receipt: 2 verified,
4 reversed.
"""

BUSINESS = ("customer", "vehicle", "ownership", "policy", "term", "term_vehicle", "cover", "receipt", "certificate", "renewal")
KEPT = BUSINESS + ("branch", "user_account", "user_key", "product", "rate", "vehicle_type", "id_type", "plate_pattern")

# table, column, what it points to
POINTERS = [(table, column, target) for target, places in {
    "customer": ("vehicle.owner_id", "ownership.customer_id", "policy.customer_id", "renewal.customer_id"),
    "vehicle": ("ownership.vehicle_id", "policy.vehicle_id", "cover.vehicle_id", "term_vehicle.vehicle_id", "certificate.vehicle_id",
                "renewal.vehicle_id"),
    "policy": ("term.policy_id", "cover.policy_id", "receipt.policy_id", "certificate.policy_id", "term_vehicle.policy_id",
               "renewal.policy_id"),
    "term": ("cover.term_id", "receipt.term_id", "certificate.term_id", "term_vehicle.term_id", "renewal.term_id",
             "renewal.renewed_term_id"),
    "cover": ("certificate.cover_id",),
    "branch": ("customer.branch_id", "policy.branch_id", "receipt.branch_id", "user_account.branch_id"),
    "user_account": ("policy.sold_by", "receipt.taken_by", "receipt.verified_by", "certificate.issued_by", "user_key.user_id"),
    "product": ("policy.product_id", "rate.product_id"),
    "rate": ("term.rate_id", "term_vehicle.rate_id"),
    "vehicle_type": ("vehicle.vehicle_type_id",),
    "id_type": ("customer.id_type_id",),
}.items() for table, column in (place.split(".") for place in places)]


def each(tables, text):
    return " union all ".join(text.format(t=t) for t in tables)


DAY = "({0} at time zone (select timezone from app.tenant where id = {1}.tenant_id))::date"

RULES = {
    "1 isolation: what a record points to is its own company's":
        " union all ".join(f"select '{t}.{c}', r.tenant_id, r.id from app.{t} r left join app.{target} x on x.tenant_id = r.tenant_id"
                           f" and x.id = r.{c} where r.{c} is not null and x.id is null" for t, c, target in POINTERS),
    "1 isolation: every record has a company, and business is no platform's":
        each(BUSINESS, "select '{t}', r.tenant_id, r.id from app.{t} r left join app.tenant c on c.id = r.tenant_id"
                       " where c.id is null or r.tenant_id = 0"),
    "1 isolation: who wrote history or audit is of that company":
        "select 'history', h.tenant_id, h.id from app.history h left join app.user_account u on u.tenant_id = h.tenant_id and u.id = h.actor_id"
        " where h.actor_id is not null and h.tenant_id > 0 and u.id is null"
        " union all select 'audit', a.tenant_id, a.id from app.audit a left join app.user_account u on u.tenant_id = a.tenant_id"
        " and u.id = a.user_id where a.user_id is not null and a.tenant_id > 0 and u.id is null",
    "3 one owner: nobody owns it on no day, nobody on the days of another":
        "select vehicle_id, from_date, to_date, next from (select o.*, lead(from_date) over w as next, lead(id) over w as after"
        " from app.ownership o window w as (partition by tenant_id, vehicle_id order by from_date, to_date nulls last, id)) o"
        " where to_date is distinct from next or (after is not null and to_date < from_date)",
    "3 one owner: every vehicle has the one its ownership says":
        "select v.id from app.vehicle v where 1 <> (select count(*) from app.ownership o where o.tenant_id = v.tenant_id and o.vehicle_id = v.id"
        " and o.to_date is null and o.customer_id = v.owner_id)",
    "4 one active policy: covers in force of a vehicle never meet":
        "select vehicle_id, id from (select c.*, lag(to_date) over (partition by tenant_id, vehicle_id order by from_date, to_date) as before"
        " from app.cover c where in_force) c where from_date <= before",
    "5 paid before cover: verified receipts of an active or expired term are what it costs, to the cent":
        "select t.id, t.total, coalesce(sum(r.amount), 0) from app.term t left join app.receipt r on r.tenant_id = t.tenant_id"
        " and r.term_id = t.id and r.state = 2 where t.state in (4, 6) group by t.id, t.total having coalesce(sum(r.amount), 0) <> t.total",
    # the versions of a term and of its receipts by the ids of their history, which are given in order
    "5 paid before cover: whenever a term became active the money had been verified before":
        "select h.row_id from app.history h where h.tbl = 'term' and h.op = 'U' and (h.after ->> 'state')::int = 4"
        " and (h.before ->> 'state')::int <> 4 and (h.after ->> 'total')::bigint is distinct from (select sum(amount) from (select distinct on"
        " (r.row_id) (r.after ->> 'amount')::bigint as amount, r.after ->> 'state' as state from app.history r where r.tenant_id = h.tenant_id"
        " and r.tbl = 'receipt' and r.policy_id = h.policy_id and r.id < h.id and (r.after ->> 'term_id')::bigint = h.row_id"
        " order by r.row_id, r.id desc) v where state = '2')",
    "5 paid before cover: no cover in force of a term that was never active, none outside its days":
        "select c.id from app.cover c join app.term t on t.tenant_id = c.tenant_id and t.id = c.term_id where c.in_force"
        " and (t.state not in (4, 6, 7) or t.activated_at is null or c.from_date < t.start_date or c.to_date > t.end_date)",
    "5 paid before cover: an active term covers each of its vehicles":
        "select t.id, v.vehicle_id from app.term t join (select tenant_id, id as policy_id, null::bigint as term_id, vehicle_id from app.policy"
        " where vehicle_id is not null union all select tenant_id, policy_id, term_id, vehicle_id from app.term_vehicle) v"
        " on v.tenant_id = t.tenant_id and v.policy_id = t.policy_id and coalesce(v.term_id, t.id) = t.id where t.state = 4"
        " and not exists (select from app.cover c where c.tenant_id = t.tenant_id and c.term_id = t.id and c.vehicle_id = v.vehicle_id and c.in_force)",
    "5 paid before cover: one valid certificate for each cover in force of a term that ran, none for another":
        "select c.id from app.cover c join app.term t on t.tenant_id = c.tenant_id and t.id = c.term_id left join app.certificate k"
        " on k.tenant_id = c.tenant_id and k.cover_id = c.id and k.state = 1 where t.state in (4, 6) group by c.id, c.in_force"
        " having count(k.id) <> c.in_force::int union all select k.id from app.certificate k join app.cover c on c.tenant_id = k.tenant_id"
        " and c.id = k.cover_id where k.state = 1 and not c.in_force",
    "6 renewal extends: terms that run follow each other on later days":
        "select id from (select t.*, lag(end_date) over (partition by tenant_id, policy_id order by seq) as before from app.term t"
        " where state in (4, 5, 6)) t where start_date <= before",
    "6 renewal extends: the day after the last, or after a gap not before the day it was renewed or paid":
        f"select t.id, t.start_date, p.end_date from app.term t join lateral (select end_date from app.term p where p.tenant_id = t.tenant_id"
        " and p.policy_id = t.policy_id and p.seq < t.seq and p.state <> 8 order by p.seq desc limit 1) p on true"
        " join app.history h on h.tenant_id = t.tenant_id and h.tbl = 'term' and h.row_id = t.id and h.op = 'I' and h.request_id is not null"
        f" where t.state <> 8 and t.start_date <> p.end_date + 1 and (t.start_date <= p.end_date or t.start_date < {DAY.format('t.created_at', 't')})",
    "6 renewal extends: one term of a policy waits, and they are numbered without a gap":
        "select policy_id from app.term group by tenant_id, policy_id having count(*) filter (where state in (1, 2, 3)) > 1"
        " or max(seq) <> count(*) or min(seq) <> 1",
    "7 nothing is erased: what history saw made is there":
        each(KEPT, "select '{t}', h.row_id from app.history h left join app.{t} r on r.tenant_id = h.tenant_id and r.id = h.row_id"
                   " where h.tbl = '{t}' and r.id is null"),
    "7 history: a version for each version, and the last is what stands":
        each(KEPT, "select '{t}', r.id, r.version, count(h.id) from app.{t} r left join app.history h on h.tenant_id = r.tenant_id"
                   " and h.tbl = '{t}' and h.row_id = r.id group by r.tenant_id, r.id, r.version having count(h.id) <> r.version"
                   " or max((h.after ->> 'version')::int) <> r.version or count(distinct h.after ->> 'version') <> r.version"),
    "7 history: each version begins where the one before ended":
        "select tbl, row_id, id from (select h.*, lag(after) over (partition by tenant_id, tbl, row_id order by (after ->> 'version')::int) as last"
        " from app.history h where after ? 'version' and request_id is not null) h where op = 'U' and last is not null"
        " and last ->> 'version' = before ->> 'version' and tbl <> 'user_account' and last <> before",
    "7 history: one first version of each record":
        "select tbl, row_id from app.history where op = 'I' group by tenant_id, tbl, row_id having count(*) > 1",
    "8 numbers are given once":
        each(("policy", "receipt", "certificate"), "select '{t}', number from app.{t} group by tenant_id, number having count(*) > 1"),
    "8 receipts are counted from 1 without a gap, by branch and year":
        "select branch_id, year, count(*), max(serial) from app.receipt group by tenant_id, branch_id, year"
        " having min(serial) <> 1 or max(serial) <> count(*) or count(distinct serial) <> count(*)",
    "8 the number of a receipt says its branch, year and place":
        "select r.number from app.receipt r join app.branch b on b.tenant_id = r.tenant_id and b.id = r.branch_id"
        " where r.number <> 'R/' || b.code || '/' || r.year || '/' || lpad(r.serial::text, 6, '0')",
    "9 four eyes: who took much money did not verify it":
        "select r.id from app.receipt r join app.tenant t on t.id = r.tenant_id where r.state in (2, 4) and r.amount > t.four_eyes_minor"
        " and r.verified_by = r.taken_by",
    "10 a day is the company's: nothing expires before its last day is over":
        "select h.row_id, h.id from app.history h where h.tbl = 'term' and h.op = 'U' and h.after ->> 'state' = '6' and h.before ->> 'state' <> '6'"
        f" and (h.after ->> 'end_date')::date >= {DAY.format(chr(40) + 'h.after ->> ' + chr(39) + 'updated_at' + chr(39) + chr(41) + '::timestamptz', 'h')}",
    "10 only what was active expires":
        "select h.row_id, h.id from app.history h where h.tbl = 'term' and h.op = 'U' and h.after ->> 'state' = '6'"
        " and h.before ->> 'state' not in ('4', '6')",
    "11 money: what a term costs is the sum of its lines":
        "select t.id from app.term t where t.total <> t.premium + t.levy + t.tax union all select v.id from app.term_vehicle v"
        " where v.total <> v.premium + v.levy + v.tax union all select t.id from app.term t join app.term_vehicle v on v.tenant_id = t.tenant_id"
        " and v.term_id = t.id group by t.id, t.premium, t.levy, t.tax, t.total having (sum(v.premium), sum(v.levy), sum(v.tax), sum(v.total))"
        " <> (t.premium, t.levy, t.tax, t.total)",
    "11 money: each line is rounded, half away from zero":
        "select t.id from (select tenant_id, id, rate_id, premium, levy, tax from app.term where rate_id is not null union all"
        " select tenant_id, id, rate_id, premium, levy, tax from app.term_vehicle) t join app.rate r on r.tenant_id = t.tenant_id"
        " and r.id = t.rate_id where t.levy <> round(t.premium::numeric * r.levy / 1000000)"
        " or t.tax <> round((t.premium + t.levy)::numeric * r.tax / 1000000)",
    "audit: a change that history has by somebody's request, the audit has too":
        "select h.tbl, h.row_id, h.request_id from app.history h where h.request_id <> '' and h.actor_id is not null and not exists"
        " (select from app.audit a where a.tenant_id = h.tenant_id and a.request_id = h.request_id and a.kind <> 2)",
    "audit: what it says was changed, history has":
        "select a.what, a.row_id, a.request_id from app.audit a where a.kind = 4 and a.request_id <> '' and not exists"
        " (select from app.history h where h.tenant_id = a.tenant_id and h.request_id = a.request_id)",
    "idempotency: as many requests changed something as keys are kept, user by user":
        "select * from (select tenant_id, user_id, count(*) as kept from app.idempotency group by 1, 2) i full join (select tenant_id, user_id,"
        " count(distinct request_id) as done from app.audit where kind in (4, 7) and outcome = 1 and request_id <> '' group by 1, 2) a"
        " using (tenant_id, user_id) where kept is distinct from done",
    "idempotency: one request, one transaction":
        "select request_id from app.history where request_id <> '' group by tenant_id, request_id having count(distinct xid) > 1",
    "the seal goes from 1 on without a gap and names no row twice":
        "select tenant_id, stream from app.sealed group by 1, 2 having min(seq) <> 1 or max(seq) <> count(*) or count(distinct row_id) <> count(*)",
}

# Rows of audit and history that no chain holds. While the service works there are some: those of the last seconds.
UNSEALED = ("select a.tenant_id, 1 as stream, a.xid, a.id from app.audit a left join app.sealed s on s.tenant_id = a.tenant_id and s.stream = 1"
            " and s.row_id = a.id where s.seq is null union all select h.tenant_id, 2, h.xid, h.id from app.history h left join app.sealed s"
            " on s.tenant_id = h.tenant_id and s.stream = 2 and s.row_id = h.id where s.seq is null")
RULES["the seal has left nothing out on its way"] = (
    f"select u.* from ({UNSEALED}) u join app.seal_state p on p.stream = u.stream where (u.xid, u.id) <= (p.xid, p.row_id)")
