"""Two tables in one text: goals beside what was measured, and the works with all their numbers."""


class Table:
    def __init__(self, quick):
        self.quick, self.goals, self.works, self.facts = quick, [], [], []

    def goal(self, name, what, measured, goal, unit="", least=False, judged=False):
        """`least`: the goal is the least allowed, else the most. `judged`: missing it fails the run, quick or not."""
        holds = measured >= goal if least else measured <= goal
        self.goals.append({"id": name, "what": what, "measured": measured, "goal": goal, "unit": unit, "least": least,
                           "holds": holds, "judged": judged})

    def fact(self, name, what, measured, unit=""):
        self.facts.append({"id": name, "what": what, "measured": measured, "unit": unit})

    def work(self, **row):
        self.works.append(row)

    def failed(self):
        return 1 if any(g["judged"] and not g["holds"] for g in self.goals) else 0

    def data(self):
        return {"goals": self.goals, "works": self.works, "facts": self.facts}

    def markdown(self):
        out = ["| | goal | measured | holds |", "|---|---:|---:|---|"]
        for g in self.goals:
            out.append(f"| {g['what']} | {'≥' if g['least'] else '≤'} {number(g['goal'])} {g['unit']} | {number(g['measured'])} {g['unit']} |"
                       f" {'yes' if g['holds'] else '**NO**'} |")
        out += [f"| {f['what']} | | {number(f['measured'])} {f['unit']} | |" for f in self.facts]
        if self.works:
            names = [n for n in COLUMNS if any(n in w for w in self.works)]
            out += ["", "| " + " | ".join(COLUMNS[n] for n in names) + " |", "|---|" + "---:|" * (len(names) - 1)]
            out += ["| " + " | ".join(number(w[n]) if n in w else "" for n in names) + " |" for w in self.works]
        return "\n".join(out)


COLUMNS = {"work": "work", "sessions": "sessions", "per_second": "requests/s", "db_per_second": "pgbench/s", "ratio": "ratio",
           "p50_us": "p50 µs", "p95_us": "p95", "p99_us": "p99", "db_p50_us": "pgbench p50 µs", "db_p95_us": "p95", "db_p99_us": "p99",
           "cpu_us": "service CPU µs", "db_cpu_us": "database CPU µs", "up": "bytes up", "down": "bytes down", "trips": "round trips"}


def number(v):
    if isinstance(v, str):
        return v
    if isinstance(v, int) or abs(v) >= 100:
        return f"{v:,.0f}"
    return f"{v:.2f}".rstrip("0").rstrip(".") or "0"
