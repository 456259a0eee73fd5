"""Makes scripts for pgbench out of requests that were seen on the line to the database.

A read becomes a script of its own: the very statements with the very parameters, a pipeline for each round trip. A write
can't be done twice, so one script is made of several that were seen: a parameter that is the same in all of them stays;
one that stood in an earlier answer is taken from the answer; one that follows from the number of the request is made of the
number. What remains is told and taken from the first.
"""
import datetime
import re

from values import NAMES, write_value

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # as bench_load makes plates
PLACE = re.compile(r"\$(\d+)")
WORD = re.compile(r"^[a-z_][a-z0-9_]*$")
ENTER = "select * from app.enter("
ENTER_REQUEST_ID = 3


SEALED = 100  # a text longer than this is a signed one, which the database takes as it is
TURN = "\\set turn random(1000000000, 9000000000)"
# Each connection takes records of its own, one after the other.
TURN_OF_POOL = "\\set k :k + 1\n\\set turn :base + :client_id * :stride + :k"
BUYER = re.compile(r"^Mteja Namba (\d+)$")


def turn_of(request):
    """The number bench_load gave it, which stands in the name of who buys."""
    for s in request.statements():
        for i, oid in enumerate(s.types):
            found = BUYER.match(str(s.param(i))) if oid == 25 else None
            if found:
                return int(found[1])
    return 0


class Variables:
    """Texts are given to pgbench on its command line, numbers are set in the script."""

    def __init__(self):
        self.names = {}

    def of(self, text):
        if text not in self.names:
            self.names[text] = f"t{len(self.names)}"
        return self.names[text]

    def arguments(self):
        return [word for text, name in self.names.items() for word in ("-D", f"{name}={text}")]


def parameter(variables, statement, i):
    value = statement.param(i)
    kind = NAMES[statement.types[i]]
    if statement.sql.startswith(ENTER) and i == ENTER_REQUEST_ID:
        value = "replayed"
    if value is None:
        return f"null::{kind}" if statement.types[i] else "null"
    text = write_value(value)
    return f":{variables.of(text)}::{kind}" if text else f"''::{kind}"


def one_line(sql):
    return re.sub(r"\s+", " ", sql).strip()


def with_parameters(sql, texts):
    return PLACE.sub(lambda m: texts[int(m[1]) - 1], one_line(sql))


def read_script(request, variables):
    lines = []
    for trip in request.trips:
        lines.append("\\startpipeline")
        for s in trip:
            texts = [parameter(variables, s, i) for i in range(len(s.types))]
            lines.append(with_parameters(s.sql, texts) + ";")
        lines.append("\\endpipeline")
    return "\n".join(lines) + "\n"


VARIABLE = re.compile(r":(t\d+)\b")


def merge(texts, variables, most):
    """One script of those that differ in numbers only: each transaction draws one of them. A connection plans each statement
    once then, as the service's do. Those that differ in words stay apart, `most` of them."""
    groups = {}
    for text in texts:
        groups.setdefault(VARIABLE.sub(":?", text), []).append(text)
    known, out = {name: value for value, name in variables.names.items()}, []
    for same in groups.values():
        merged = draw_one([VARIABLE.findall(t) for t in same], same[0], known)
        out += [merged] if merged else same[:max(1, most * len(same) // len(texts))]
    return out


def draw_one(names, text, known):
    """None: they differ in words."""
    drawn, columns = {}, list(zip(*names))
    for column in columns:
        values = [known[n] for n in column]
        if len(set(values)) > 1:
            if not all(re.fullmatch(r"-?\d+", v) for v in values):
                return None
            drawn.setdefault(tuple(values), f"d{len(drawn)}")
    if not drawn:
        return text
    place = iter(columns)

    def instead(_):
        column = next(place)
        return ":" + drawn.get(tuple(known[n] for n in column), column[0])
    head = [f"\\set drawn random(0, {len(names) - 1})"]
    head += [f"\\set {name} {choice(values, 0, len(values))}" for values, name in drawn.items()]
    return "\n".join(head) + "\n" + VARIABLE.sub(instead, text)


def choice(values, low, high):
    """Which of them :drawn says, by halves."""
    if high - low == 1:
        return values[low]
    middle = (low + high) // 2
    return f"case when :drawn < {middle} then {choice(values, low, middle)} else {choice(values, middle, high)} end"


# ---------------------------------------------------------------- writes

def turn_forms(turn):
    """What bench_load makes of the number of a request, and how pgbench's :turn says the same."""
    k = turn // 1000
    letters = "".join(LETTERS[k // 24 ** i % 24] for i in (3, 2, 1, 0))
    sql = " || ".join(f"substr('{LETTERS}', (:turn::bigint / {1000 * 24 ** i} % 24)::int + 1, 1)" for i in (3, 2, 1, 0))
    return [(f"{turn % 100000000:08}", "lpad((:turn::bigint % 100000000)::text, 8, '0')"), (str(turn), ":turn::bigint::text"),
            (letters, f"({sql})"), (letters.lower(), f"lower({sql})"),
            (f"{turn % 1000:03}", "lpad((:turn::bigint % 1000)::text, 3, '0')"), (f"{turn % 1000000:06}", "lpad((:turn::bigint % 1000000)::text, 6, '0')")]


def year_later(day):
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


DAY = datetime.timedelta(days=1)
# What a renewal makes of the last day that was paid for: the next one, and a year's last.
DAYS = [(lambda d: d + DAY, "({} + 1)"), (lambda d: year_later(d + DAY) - DAY, "(({} + 1 + interval '1 year')::date - 1)"),
        (lambda d: year_later(d) - DAY, "(({} + interval '1 year')::date - 1)")]


class Cell:
    """Where a value stands in the answers: statement, first row (0) or last (-1), column."""

    def __init__(self, statement, row, column, kind):
        self.statement, self.row, self.column, self.kind = statement, row, column, kind

    def sql(self):
        return f":r{self.statement}_c{self.column}::{self.kind}"


class Write:
    """`seen`: requests of one shape. `draws`: SQL of a new id by table. `pool`: SQL of a record of its own for each, when they are
    given one."""

    def __init__(self, seen, variables, draws, pool=None):
        self.draws = draws
        self.seen, self.turns, self.pool = seen, [turn_of(r) for r in seen], pool
        self.flat = [r.statements() for r in seen]
        self.trip_of = [t for t, trip in enumerate(seen[0].trips) for _ in trip]
        self.variables = variables
        self.needed, self.unknown = {}, []  # rows of the answers that are kept, by statement
        self.ids = {}  # of new records, drawn before: by those each request had, a name and how to draw it
        self.pooled = self.find_pool() if pool else None

    def find_pool(self):
        """The first number that differs and stands in no answer: the record the request names."""
        for s, statement in enumerate(self.flat[0]):
            for i, oid in enumerate(statement.types):
                values = self.values(s, i)
                if oid == 20 and len(set(values)) > 1 and 0 < values[0] < 2 ** 32 and not self.cell(s, values):
                    return values
        raise AssertionError("the request names no record")

    def values(self, s, i):
        return [f[s].param(i) for f in self.flat]

    def earlier(self, s):
        """Cells of earlier round trips, those that come alone first: reading them costs pgbench no round trip more."""
        order = sorted((p for p in range(s) if self.trip_of[p] < self.trip_of[s]),
                       key=lambda p: (self.trip_of.count(self.trip_of[p]) > 1, p))
        for p in order:
            if all(f[p].rows for f in self.flat):
                for row in [self.needed[p]] if p in self.needed else (-1, 0):
                    for c, (_, oid) in enumerate(self.flat[0][p].names):
                        yield Cell(p, row, c, NAMES.get(oid, "text")), [f[p].cell(row, c) for f in self.flat]

    def cell(self, s, values):
        for cell, found in self.earlier(s):
            if found == values:
                return cell
        return None

    def use(self, cell):
        self.needed[cell.statement] = cell.row
        return cell.sql()

    def text_of(self, s, values):
        """A text put together of what stood in answers and of the number of the request."""
        numbers = [(found[0], cell) for cell, found in self.earlier(s) if isinstance(found[0], int) and found[0] > 0 and len(set(found)) > 1]
        parts = [(f"{v:06}", cell, True) for v, cell in numbers if v < 1000000] + [(str(v), cell, False) for v, cell in numbers if v > 9]
        forms = turn_forms(self.turns[0])
        pieces = [values[0]]
        for text, source, form in [(t, f"lpad({c.sql()}::text, 6, '0')" if p else f"{c.sql()}::text", (c, p)) for t, c, p in parts] + \
                [(t, q, k) for k, (t, q) in enumerate(forms)]:
            pieces = [q for piece in pieces for q in (split_by(piece, text, (source, form)) if isinstance(piece, str) else [piece])]
        if not self.same_elsewhere(pieces, s, values):
            return None
        for piece in pieces:
            if not isinstance(piece, str) and isinstance(piece[1], tuple):
                self.use(piece[1][0])
        return "(" + " || ".join(quote(p) if isinstance(p, str) else p[0] for p in pieces if p) + ")"

    def same_elsewhere(self, pieces, s, values):
        for n in range(1, len(values)):
            forms = turn_forms(self.turns[n])
            made = ""
            for p in pieces:
                if isinstance(p, str):
                    made += p
                elif isinstance(p[1], tuple):
                    v = self.flat[n][p[1][0].statement].cell(p[1][0].row, p[1][0].column)
                    made += f"{v:06}" if p[1][1] else str(v)
                else:
                    made += forms[p[1]][0]
            if made != values[n]:
                return False
        return True

    def following(self, s, i, values):
        """The next in a row of numbers: what is written into a column is one more than what stood in the last row's."""
        column = inserted_column(self.flat[0][s].sql, i)
        for cell, found in self.earlier(s) if column else ():
            if self.flat[0][cell.statement].names[cell.column][0] == column \
                    and all(isinstance(v, int) and isinstance(w, int) and v + 1 == w for v, w in zip(found, values)):
                return f"({self.use(cell)} + 1)"
        return None

    def new_id(self, s, i, values):
        """The id of a record the request adds, where it is written first and wherever it stands then."""
        sql = self.flat[0][s].sql
        if inserted_column(sql, i) == "id" and len(set(values)) > 1:
            table = re.search(r"insert into app\.([a-z_]+)", sql)[1]
            self.ids.setdefault(tuple(values), (f"id{len(self.ids)}", self.draws[table]))
        for ids, (name, _) in self.ids.items():
            if list(ids) == values:
                return f":{name}::bigint"
            if [str(n) for n in ids] == values:
                return f"(:{name}::bigint)::text"
        return None

    def expression(self, s, i):
        statement, values = self.flat[0][s], self.values(s, i)
        following = self.following(s, i, values) or self.new_id(s, i, values)
        if following:
            return following
        if statement.sql.startswith(ENTER) or len(set(values)) == 1:
            return parameter(self.variables, statement, i)
        if self.pooled == values:
            return self.pool
        if self.pooled and [str(v) for v in self.pooled] == values:
            return f"({self.pool})::text"
        cell = self.cell(s, values)
        if cell:
            return self.use(cell)
        if isinstance(values[0], datetime.date):
            for change, sql in DAYS:
                for cell, found in self.earlier(s):
                    if all(isinstance(d, datetime.date) and not isinstance(d, datetime.datetime) and change(d) == v for d, v in zip(found, values)):
                        return sql.format(self.use(cell))
        if isinstance(values[0], str):
            made = self.text_of(s, values)
            if made:
                return made
        if isinstance(values[0], bytes) and len(values[0]) == 16:
            return "decode(lpad(to_hex(:turn::bigint * 1000 + :client_id::bigint), 32, '0'), 'hex')"
        if isinstance(values[0], int) and abs(values[0]) > 2 ** 33:
            return ":turn::bigint"  # the number of a lock
        if not isinstance(values[0], bytes) and not (isinstance(values[0], str) and len(values[0]) > SEALED):
            self.unknown.append((one_line(statement.sql)[:60], i + 1, values[:3]))
        return parameter(self.variables, statement, i)

    def kept(self, sql, s):
        """The statement with columns that pgbench can keep, and one row: the last, or the first."""
        named = named_columns(sql, len(self.flat[0][s].names))
        if sql.startswith("with "):
            return named
        return (f"select * from (select *, row_number() over () as place from ({named}) as rows) as placed"
                f" order by place{' desc' if self.needed[s] else ''} limit 1")

    def script(self):
        """pgbench's text, with the `:turn` of each transaction a number of its own."""
        expressions = [[self.expression(s, i) for i in range(len(st.types))] for s, st in enumerate(self.flat[0])]
        lines, s = [TURN_OF_POOL if self.pool else TURN], 0
        if self.ids:  # the service draws them some at a time
            lines.append("select " + ", ".join(f"{draw} as {name}" for name, draw in self.ids.values()) + " \\gset")
        for trip in self.seen[0].trips:
            block, piped = [], False
            for statement in trip:
                sql = with_parameters(statement.sql, expressions[s])
                if s in self.needed:
                    if piped:
                        block.append("\\endpipeline")
                    block.append(self.kept(sql, s) + f" \\gset r{s}_")
                    piped = False
                else:
                    if not piped and len(trip) > 1:
                        block.append("\\startpipeline")
                        piped = True
                    block.append(sql + ";")
                s += 1
            lines += block + (["\\endpipeline"] if piped else [])
        return "\n".join(lines) + "\n"


def inserted_column(sql, i):
    found = re.search(r"insert into [a-z_.]+ \(([^)]*)\) values \((.*?)\) returning", sql, re.S)
    if not found:
        return None
    columns = [c.strip() for c in found[1].split(",")]
    # a call with a comma in it would move the places
    places = [v.strip() for v in re.sub(r"\([^()]*\)", "()", found[2]).split(",")]
    at = f"${i + 1}"
    return columns[places.index(at)] if at in places and len(places) == len(columns) else None


def split_by(text, part, mark):
    out = []
    for k, piece in enumerate(text.split(part)):
        out += [mark] if k else []
        out += [piece] if piece else []
    return out


def quote(text):
    return "'" + text.replace("'", "''") + "'"


def named_columns(sql, count):
    """The same statement with columns c0, c1 …, which pgbench can keep."""
    names = ", ".join(f"c{i}" for i in range(count))
    if not sql.startswith("with "):
        return f"select * from ({sql}) as answer({names})"
    depth = 0
    for at, c in enumerate(sql):
        depth += (c == "(") - (c == ")")
        if c == ")" and depth == 0:
            return f"{sql[:at + 1]}, answer({names}) as ({sql[at + 1:]}) select * from answer"
    raise AssertionError(sql)
