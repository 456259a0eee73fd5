"""Who works while things break: desks of two companies that sell, take money, renew and edit, people who read and take lists
out, people who sign in and leave again, and programs that ask for much and never read it."""
import collections
import json
import os
import random
import signal
import subprocess
import threading
import time

from races_world import Gone, new_vehicle, next_number, plate, sale
from chaos_world import SIMBA

AMOUNT = 61950000  # minor units: 15,000,000 at 3.5 % and 18 % tax
LEFT_ALONE = 0.06
# What somebody may be told for good without anything being wrong, and a part of the sentence: a term that was sold before the clock was set back may be too far ahead by then.
EXPECTED = {("edit", "CONFLICT"): "", ("renew", "REFUSED"): "it can be renewed from"}


class Worker(threading.Thread):
    """Does one turn after the other until told to stop; what it can't bear is kept in .error."""

    def __init__(self, world, name):
        super().__init__(daemon=True, name=name)
        self.world = world
        self.rng = random.Random(f"{world.seed} {name}")
        self.done = threading.Event()
        self.error = None
        self.answers = 0
        self.refused = collections.Counter()

    def run(self):
        try:
            while not self.done.is_set():
                self.turn()
        except BaseException as error:
            self.error = error


class Desk(Worker):
    """An agent and a cashier. What they ask is in the journal before it is sent; some answers are never read."""

    def __init__(self, world, name, agent, cashier, through_relay):
        super().__init__(world, name)
        self.agent, self.cashier = world.session(agent, through_relay), world.session(cashier, through_relay)

    def turn(self):
        sold = self.sell()
        if sold is None:
            return
        customer, policy, receipt = sold
        if self.rng.random() < 0.85 and self.verify(receipt) and self.rng.random() < 0.5:
            self.renew(policy)
        if self.rng.random() < 0.4:
            self.edit(customer)

    def sell(self):
        n = next_number()
        reply = self.ask(self.agent, "sale", "batch", {"steps": new_vehicle(n) + sale("$1", 2)}, plate=plate(n), name=f"Mteja Namba {n}",
                         amount=AMOUNT)
        if reply is None:
            return None
        customer, vehicle, policy, _, receipt = reply.results
        self.acked(made=[customer["id"], vehicle["id"], policy["id"], policy["label"], receipt["id"], receipt["label"]])
        return customer["id"], policy["id"], receipt["id"]

    def verify(self, receipt):
        reply = self.ask(self.cashier, "verify", "act", {"entity": "receipt", "action": "verify", "id": receipt}, receipt=receipt)
        if reply is None:
            return False
        assert reply.fields["state"] == "verified", reply
        self.acked()
        return True

    def renew(self, policy):
        reply = self.ask(self.agent, "renew", "act", {"entity": "policy", "action": "renew", "id": policy}, policy=policy)
        if reply is None:
            return
        self.acked()
        reply = self.ask(self.agent, "pay", "add", {"entity": "receipt", "fields": {"policy": policy, "amount": "619,500", "method": "cash"}},
                         policy=policy, amount=AMOUNT)
        if reply is None:
            return
        self.acked(receipt=reply.record["id"], number=reply.record["label"])
        self.verify(reply.record["id"])

    def edit(self, customer):
        seen = self.agent.ok("get", entity="customer", id=customer).record
        self.answers += 1
        city = f"Mji {self.name} {self.answers}"
        reply = self.ask(self.agent, "edit", "set", {"entity": "customer", "id": customer, "version": seen["version"],
                                                     "fields": {"city": city}}, customer=customer, city=city)
        if reply is not None:
            assert (reply.fields["city"], reply.record["version"]) == (city, seen["version"] + 1), reply
            self.acked()
            read = self.agent.ok("get", entity="customer", id=customer)
            assert read.fields["city"] == city, f"what was just written is not read: {read}"

    def ask(self, session, what, method, params, **facts):
        """The reply, when it is OK; the caller says what of it counts. None: refused, or the answer is never read."""
        self.key = key = self.rng.randbytes(16).hex()
        self.world.journal.note("asked", key, who=session.who, what=what, **facts)
        if self.rng.random() < LEFT_ALONE:
            session.ready()
            try:
                session.send(method, params, key)
            except Gone:
                pass
            session.close()
            return None
        reply = session.call(method, idem=key, **params)
        self.answers += 1
        if reply.code == "OK":
            return reply
        self.world.journal.note("refused", key, code=reply.code, message=reply.error.get("message"))
        self.refused[what, reply.code, reply.error.get("message")] += 1
        return None

    def acked(self, **facts):
        self.world.journal.note("acked", self.key, **facts)


class Looker(Worker):
    """Home, finds, lists, pasts and exports, over one session."""

    def __init__(self, world, who):
        super().__init__(world, f"looker {who}")
        self.session = world.session(who)

    def turn(self):
        method, params = self.rng.choice([
            ("home", {}), ("find", {"text": f"t {self.rng.randrange(100, 999)}"}), ("list", {"entity": "policy", "limit": 50}),
            ("list", {"entity": "customer", "limit": 50}), ("find", {"text": "Mteja"}), ("me", {}),
            ("export", {"entity": "policy", "format": "csv"}), ("export", {"entity": "receipt", "format": "xlsx"})])
        reply = self.session.call(method, **params)
        assert reply.code == "OK", f"{method} {params}: {reply}"
        self.answers += 1
        self.done.wait(0.05)


class Comer(Worker):
    """Signs in, asks who it is and leaves."""

    def __init__(self, world, who):
        super().__init__(world, f"comer {who}")
        self.session = world.session(who)

    def turn(self):
        reply = self.session.call("me")
        assert reply.code == "OK", reply
        self.answers += 1
        self.session.close()
        self.done.wait(0.2)


class Deaf:
    """OpenSSH's client: asks for lists again and again, is stopped, and reads nothing."""

    def __init__(self, world, who):
        words = world.service.ssh_key(who, world.keys[who], "-s") + ["bima-json"]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        os.set_blocking(self.process.stdin.fileno(), False)
        line = json.dumps({"id": 1, "method": "list", "params": {"entity": "policy", "limit": 100}}) + "\n"
        try:
            for _ in range(400):
                self.process.stdin.write(line.encode())
            self.process.stdin.flush()
        except (BlockingIOError, BrokenPipeError):
            pass

    def stop(self):
        os.kill(self.process.pid, signal.SIGSTOP)

    def end(self):
        self.process.kill()
        self.process.wait()
        for end in (self.process.stdin, self.process.stdout):
            try:
                end.close()
            except (BrokenPipeError, BlockingIOError):
                pass


def crew(world):
    """Desks of both companies, the first two through the relay; lookers and comers of both."""
    agents = {"simba": [w for w in SIMBA if w.split("@")[0] in ("amina", "fatuma", "grace")],
              "twiga": [w for w in world.twiga if w.split("@")[0] in ("asha", "anna")]}
    cashiers = {"simba": [w for w in SIMBA if w.split("@")[0] in ("juma", "shija", "elia")],
                "twiga": [w for w in world.twiga if w.split("@")[0] in ("baraka", "petro")]}
    desks = [Desk(world, f"desk {company} {i}", agent, cashier, i == 0) for company in ("simba", "twiga")
             for i, (agent, cashier) in enumerate(zip(agents[company], cashiers[company]))]
    manager = next(w for w in world.twiga if w.startswith("zawadi"))
    return desks, [Looker(world, SIMBA[-1]), Looker(world, manager), Comer(world, agents["simba"][0]), Comer(world, manager)]


def until(what, condition, world, seconds):
    """As wait_for, and stops at once when somebody at work gave up. Gives the seconds it took."""
    begin = time.monotonic()
    while not condition():
        assert not world.errors(), "; ".join(world.errors())
        assert time.monotonic() - begin < seconds, f"{what}: not within {seconds} seconds"
        time.sleep(0.02)
    return time.monotonic() - begin
