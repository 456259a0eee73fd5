"""Two tables in one text: goals beside what was measured, and the works with all their numbers."""


class Table:
    def __init__(self):
        self.rows, self.works = [], []

    def goal(self, name, what, measured, goal, unit="", least=False, judged=False):
        """`least`: the goal is the least allowed, else the most. `judged`: this fails the run, quick or not."""
        self.rows.append({"id": name, "what": what, "measured": measured, "goal": goal, "unit": unit, "least": least,
                          "holds": measured >= goal if least else measured <= goal, "judged": judged})

    def fact(self, name, what, measured, unit=""):
        self.rows.append({"id": name, "what": what, "measured": measured, "unit": unit})

    def work(self, **row):
        self.works.append(row)

    def failed(self):
        return 1 if any(r.get("judged") for r in self.rows) else 0

    def data(self):
        return {"rows": self.rows, "works": self.works}

    def markdown(self):
        out = ["| | goal | measured | holds |", "|---|---:|---:|---|"]
        for r in self.rows:
            goal = f"{'≥' if r['least'] else '≤'} {number(r['goal'])} {r['unit']}".rstrip() if "goal" in r else ""
            holds = "" if "goal" not in r else "yes" if r["holds"] else "**NO**"
            out.append(f"| {r['what']} | {goal} | {number(r['measured'])} {r['unit']}".rstrip() + f" | {holds} |")
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
