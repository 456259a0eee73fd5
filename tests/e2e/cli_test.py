#!/usr/bin/python3
"""The command line against a real service: every verb, every entity, formats, exit codes, keys and broken lines."""
import csv
import io
import json
import os
import pty
import re
import select
import socket
import subprocess
import sys
import threading
import time
import unittest
import uuid

import openpyxl

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from service import Service, free_port, wait_for  # noqa: E402

OK, USAGE, DATA, NOINPUT, UNAVAILABLE, EXISTS, NOPERM = 0, 64, 65, 66, 69, 73, 77


def setUpModule():
    global service
    service = Service(customers=60)
    service.__enter__()


def tearDownModule():
    service.__exit__(None, None, None)


def environment(who=None, **more):
    """Nothing of the person who runs the tests: own home, no agent."""
    env = {"PATH": os.environ["PATH"], "HOME": service.home, "LANG": "C.UTF-8", "BIMA_KNOWN_HOSTS": service.known_hosts}
    if who:
        env["BIMA_PASSWORD_FILE"] = service.password_file(who)
    env.update(more)
    return {k: v for k, v in env.items() if v is not None}


def argv(who, words, port=None):
    return [service.bima, "-l", who, "-p", str(port or service.port), "127.0.0.1", *words]


def bima(who, *words, env=None, port=None, stdin=None):
    given = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}
    done = subprocess.run(argv(who, words, port), env=env or environment(who), capture_output=True, text=True,
                          timeout=120, **given)
    return done.returncode, done.stdout, done.stderr


def good(who, *words, **kw):
    code, out, err = bima(who, *words, **kw)
    assert code == OK, f"{words}: {code} {err}"
    return out


def good_json(who, *words, **kw):
    return json.loads(good(who, *words, "--json", **kw))


def field(body, name):
    return body["record"]["fields"][name]


def rows(body):
    return [row.get("fields", row) for row in body["page"]["rows"]]


def fresh(kind):
    digits = str(uuid.uuid4().int)[:9]
    return {"phone": "0712" + digits[:6], "plate": f"T {digits[:3]} D" + chr(65 + int(digits[3:5]) % 26) + chr(65 + int(digits[5:7]) % 26),
            "code": "B" + digits[:6], "chassis": "NCP" + digits}[kind]


def add_customer():
    return good_json(service.clerk, "customer", "add", "kind=individual", "name=Salma Ibrahim Osman",
                     f"phone={fresh('phone')}", "--reason", "test")["record"]


def add_branch(code, *more, **kw):
    return bima(service.admin, "branch", "add", f"code={code}", "name=Made by a test", *more, **kw)


def sell():
    """A vehicle with an active policy: its certificate's number."""
    owner = add_customer()
    plate = fresh("plate")
    good(service.clerk, "vehicle", "add", f"plate={plate}", "vehicle_type=car", "make=Toyota", "model=IST",
         f"owner=id={owner['id']}", f"chassis={fresh('chassis')}", "--reason", "test")
    quote = good_json(service.clerk, "policy", "quote", f"vehicle={plate}", "product=comprehensive", "sum_insured=15m")
    number = field(quote, "number")
    good(service.clerk, "policy", "issue", number)
    receipt = good_json(service.clerk, "receipt", "add", f"policy={number}", "amount=619,500", "method=cash")
    good(service.manager, "receipt", "verify", field(receipt, "number"))
    return rows(good_json(service.clerk, "certificate", "list", f"policy={number}"))[0]["number"]


class Verbs(unittest.TestCase):
    def test_a_record_is_added_shown_changed_and_its_history_told(self):
        made = add_customer()
        key = f"id={made['id']}"
        shown = good(service.clerk, "customer", "show", key)
        self.assertIn("Salma Ibrahim Osman", shown)
        changed = good_json(service.clerk, "customers", "SET", key, "city=Mwanza", "--reason", "moved")
        self.assertEqual(field(changed, "city"), "Mwanza")
        self.assertEqual(changed["record"]["version"], made["version"] + 1)
        history = good(service.clerk, "customer", "history", key)
        self.assertIn("Mwanza", history)
        self.assertIn("because: moved", history)
        self.assertIn("amina", history)
        told = list(csv.DictReader(io.StringIO(good(service.clerk, "customer", "history", key, "--csv"))))
        self.assertIn(("city", "Mwanza"), {(row["field"], row["after"]) for row in told})

    def test_an_empty_value_clears_a_field(self):
        key = f"id={add_customer()['id']}"
        good(service.clerk, "customer", "set", key, "city=Mwanza")
        self.assertIsNone(good_json(service.clerk, "customer", "set", key, "city=")["record"]["fields"].get("city"))

    def test_a_record_can_be_shown_as_it_was(self):
        made = add_customer()
        key = f"id={made['id']}"
        seconds = int(time.time()) + 1
        wait_for("the next second", lambda: time.time() > seconds + 0.1)
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
        good(service.clerk, "customer", "set", key, "name=Somebody Else")
        self.assertIn("Salma Ibrahim", good(service.clerk, "customer", "show", key, "--as-of", moment))
        code, _, err = bima(service.clerk, "customer", "show", key, "--as-of", "2001-01-01")
        self.assertEqual(code, NOINPUT, err)
        self.assertIn("Somebody Else", good(service.clerk, "customer", "show", key))

    def test_a_change_to_what_another_changed_meanwhile_shows_both(self):
        made = add_customer()
        key = f"id={made['id']}"
        good(service.clerk, "customer", "set", key, "city=Mwanza")
        code, out, err = bima(service.clerk, "customer", "set", key, f"version={made['version']}", "city=Arusha")
        self.assertEqual((code, out), (EXISTS, ""), err)
        self.assertIn('yours "Arusha", now "Mwanza"', err)

    def test_lists_filter_sort_and_page(self):
        plates = []
        owner = add_customer()["id"]
        for _ in range(3):
            plates.append(fresh("plate"))
            good(service.clerk, "vehicle", "add", f"plate={plates[-1]}", "vehicle_type=car", "make=Toyota", "model=IST",
                 f"owner=id={owner}", f"chassis={fresh('chassis')}", "--reason", "test")
        mine = [f"owner=id={owner}", "--sort", "created_at"]
        listed = [r["plate"] for r in rows(good_json(service.clerk, "vehicle", "list", *mine, "--limit", "0"))]
        self.assertEqual(listed, plates)
        back = [r["plate"] for r in rows(good_json(service.clerk, "vehicle", "list", *mine, "--desc", "--limit", "2"))]
        self.assertEqual(back, plates[:0:-1])
        code, out, err = bima(service.clerk, "vehicle", "list", "--limit", "0", "--csv")
        self.assertEqual((code, err), (OK, ""))
        self.assertTrue(set(plates) <= {row["plate"] for row in csv.DictReader(io.StringIO(out))})

    def test_a_list_goes_into_a_file_with_its_columns_and_order(self):
        path = os.path.join(service.home, "policies.xlsx")
        asked = ("policy", "list", "state=active", "--sort", "end_date", "--columns", "number,end_date,holder")
        listed = [line[1] for line in csv.reader(io.StringIO(good(service.clerk, *asked, "--limit", "0", "--csv")))][1:]
        code, _, err = bima(service.clerk, *asked, "--export", path)
        self.assertEqual(code, OK, err)
        self.assertIn(f"{len(listed)} rows written to {path}", err)
        rows = list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))
        self.assertEqual(rows[0], ("Policy", "Ends", "Holder"))
        self.assertEqual([row[0] for row in rows[1:]], listed)
        text = good(service.clerk, *asked, "--export", "-", "--format", "csv")
        self.assertEqual([line[0] for line in csv.reader(io.StringIO(text))][1:], listed)

    def test_a_file_that_is_there_is_not_overwritten_and_one_not_finished_not_left(self):
        there = os.path.join(service.home, "there.csv")
        with open(there, "w") as out:
            out.write("mine")
        code, _, err = bima(service.clerk, "policy", "list", "--export", there)
        self.assertEqual(code, USAGE, err)
        with open(there) as kept:
            self.assertEqual(kept.read(), "mine")
        path = os.path.join(service.home, "audit.csv")
        self.assertEqual(bima(service.clerk, "audit", "list", "--export", path)[0], USAGE)
        self.assertFalse(os.path.exists(path))
        self.assertEqual(bima(service.clerk, "policy", "list", "--export", "rows.pdf")[0], USAGE)
        self.assertEqual(bima(service.clerk, "policy", "list", "--columns", "number,nothing")[0], USAGE)

    def test_find_and_me_and_home_and_status_answer(self):
        name = field({"record": add_customer()}, "name")
        self.assertIn("Salma", good(service.clerk, "find", *name.split()))
        self.assertIn("Simba Insurance", good(service.clerk, "me"))
        self.assertIn("bimad", good(service.clerk, "status"))
        self.assertIn("home", good_json(service.clerk, "home"))

    def test_a_password_is_never_taken_from_the_command_line(self):
        login = "u" + uuid.uuid4().hex[:8]
        good(service.admin, "user", "add", f"login={login}", "name=New User", "role=viewer", "branch=KK")
        token = re.search(r"^token +(\S+)$", good(service.admin, "user", "enrol", login), re.M)[1]
        path, who = os.path.join(service.home, "password-" + login), f"{login}@simba.co.tz"

        def kept(password):
            with open(path, "w") as out:
                out.write(password + "\n")
            return environment(BIMA_PASSWORD_FILE=path)

        code, _, err = bima(service.admin, "account", "password", "new=not-like-this")
        self.assertEqual(code, USAGE)
        self.assertIn("secret", err)
        good(who, "account", "password", "new=-", stdin="given-on-input-1\n", env=kept(token))
        self.assertIn("New User", good(who, "me", env=kept("given-on-input-1")))


class Entities(unittest.TestCase):
    def test_every_entity_is_listed_in_every_format(self):
        described = list(csv.DictReader(io.StringIO(good(service.admin, "describe", "--csv"))))
        self.assertGreaterEqual(len(described), 15)
        for entity in described:
            name = entity["entity"]
            with self.subTest(entity=name):
                if "list" not in entity["verbs"].split():  # there is one record of whoever asks
                    self.assertIn(name, ("account", "setting"))
                    self.assertTrue(good(service.admin, name, "show"))
                    continue
                self.assertTrue(good(service.admin, name, "list", "--limit", "3"))
                self.assertEqual(good_json(service.admin, name, "list", "--limit", "3")["page"]["entity"], name)
                head = good(service.admin, name, "list", "--limit", "3", "--csv").split("\r\n")[0]
                self.assertTrue(head.startswith("id,"), head)
                self.assertIn("Fields", good(service.admin, "describe", name))
                self.assertIn(f"bima {name} list", good(service.admin, name, "--help"))

    def test_a_description_is_json_too(self):
        body = good_json(service.admin, "describe", "vehicle")
        self.assertIn("plate", json.dumps(body))


class ExitCodes(unittest.TestCase):
    def expect(self, code, says, *words, who=None, **kw):
        got, out, err = bima(who or service.clerk, *words, **kw)
        self.assertEqual(got, code, f"{words}: {err}")
        self.assertTrue(err.startswith("bima: "), err)
        self.assertIn(says, err)
        self.assertEqual(out, "")

    def test_words_not_understood(self):
        self.expect(USAGE, '"vehicle"', "vehicel", "list")
        self.expect(USAGE, '"list"', "vehicle", "lsit")
        self.expect(USAGE, '"plate"', "vehicle", "list", "plat=T")
        self.expect(USAGE, "--json", "vehicle", "list", "--jsno")

    def test_data_refused(self):
        self.expect(DATA, "amount", "receipt", "add", "amount=many")

    def test_nothing_there(self):
        self.expect(NOINPUT, "", "vehicle", "show", "T 000 ZZZ")

    def test_already_there_shows_the_record(self):
        code = fresh("code")
        self.assertEqual(add_branch(code)[0], OK)
        self.expect(EXISTS, "code", "branch", "add", f"code={code}", "name=x", who=service.admin)

    def test_not_allowed(self):
        self.expect(NOPERM, "role", "user", "add", "login=x", "name=x", "role=viewer", "branch=KK")

    def test_wrong_password(self):
        path = os.path.join(service.home, "wrong")
        with open(path, "w") as out:
            out.write("wrong\n")
        self.expect(NOPERM, "password", "me", env=environment(BIMA_PASSWORD_FILE=path))

    def test_no_password_and_nobody_to_ask(self):
        done = subprocess.run(argv(service.clerk, ["me"]), env=environment(), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60, start_new_session=True)
        self.assertEqual(done.returncode, NOPERM)
        self.assertIn("password", done.stderr)

    def test_nobody_answers(self):
        self.expect(UNAVAILABLE, "127.0.0.1", "me", port=free_port())

    def test_no_host_no_words_and_a_bad_configuration(self):
        for words, env in ((["vehicle", "list"], environment()), ([], environment()),
                           (["-l", "a@b", "x.y", "me"], environment(BIMA_PORT="many"))):
            done = subprocess.run([service.bima, *words], env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
            self.assertEqual(done.returncode, USAGE, words)

    def test_the_reader_may_leave_early(self):
        done = subprocess.run(["/bin/sh", "-c", '"$@" | head -c 1', "sh", *argv(service.clerk, ["describe"])],
                              env=environment(service.clerk), capture_output=True, text=True, timeout=60)
        self.assertEqual((done.stdout, done.stderr), ("E", ""))


class Terminal:
    """A program on a pty of its own, answered as its questions come."""

    def __init__(self, words, env):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(words[0], words, env)
        self.seen = ""

    def until(self, text):
        while text not in self.seen:
            assert select.select([self.fd], [], [], 30)[0], f"no {text!r} in {self.seen!r}"
            self.seen += os.read(self.fd, 4096).decode()

    def say(self, text):
        os.write(self.fd, text.encode())

    def end(self):
        try:
            while select.select([self.fd], [], [], 30)[0] and (piece := os.read(self.fd, 4096)):
                self.seen += piece.decode()
        except OSError:
            pass
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


class SigningIn(unittest.TestCase):
    def setUp(self):
        self.known = os.path.join(service.home, "known-" + uuid.uuid4().hex)

    def test_a_new_host_is_asked_about_once_and_the_password_typed_unseen(self):
        env = environment(BIMA_KNOWN_HOSTS=self.known)
        first = Terminal(argv(service.clerk, ["me"]), env)
        first.until("[yes/no]")
        self.assertRegex(first.seen, r"SHA256:[A-Za-z0-9+/]{43}")
        first.say("yes\n")
        first.until("Password of amina@simba.co.tz")
        first.say("wrong\n")
        first.until("Once more")
        first.until("Password of amina@simba.co.tz at 127.0.0.1: ")
        first.say(service.password(service.clerk) + "\n")
        self.assertEqual(first.end(), OK, first.seen)
        self.assertIn("Simba Insurance", first.seen)
        self.assertNotIn(service.password(service.clerk), first.seen)
        self.assertIn("Simba", good(service.clerk, "me", env=environment(service.clerk, BIMA_KNOWN_HOSTS=self.known)))

    def test_ctrl_c_at_the_password_leaves_the_terminal_as_it_was(self):
        shell = Terminal(["/bin/sh", "-c", '"$@"; echo ended=$?; stty -a', "sh", *argv(service.clerk, ["me"])], environment())
        shell.until("Password of")
        shell.say("half\x03")
        self.assertEqual(shell.end(), OK)
        self.assertIn("ended=77", shell.seen)
        self.assertRegex(shell.seen, r"(?<!-)echo\b")
        self.assertRegex(shell.seen, r"(?<!-)isig\b")

    def test_a_new_host_is_refused_without_anybody_to_ask(self):
        env = environment(service.clerk, BIMA_KNOWN_HOSTS=self.known)
        done = subprocess.run(argv(service.clerk, ["me"]), env=env, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=60, start_new_session=True)
        self.assertEqual(done.returncode, NOPERM)
        self.assertIn("--yes", done.stderr)
        self.assertFalse(os.path.exists(self.known))
        good(service.clerk, "me", "--yes", env=env)
        self.assertTrue(os.path.getsize(self.known))

    def test_a_host_whose_key_changed_is_refused_even_with_yes(self):
        with open(service.key("other-host") + ".pub") as key, open(self.known, "w") as out:
            out.write(f"[127.0.0.1]:{service.port} {key.read()}")
        code, _, err = bima(service.clerk, "me", "--yes", env=environment(service.clerk, BIMA_KNOWN_HOSTS=self.known))
        self.assertEqual(code, NOPERM)
        self.assertIn("not the one on record", err)

    def test_a_key_signs_in_without_a_password(self):
        path = service.key("clerk-key")
        with open(path + ".pub") as key:
            public = " ".join(key.read().split()[:2])
        bima(service.admin, "user_key", "add", "user=amina", "name=test", f"public_key={public}")
        done = subprocess.run([service.bima, "-i", path, *argv(service.clerk, ["me"])[1:]], env=environment(),
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, OK, done.stderr)

    def on_record(self, path, name):
        with open(path + ".pub") as key:
            public = " ".join(key.read().split()[:2])
        good(service.admin, "user_key", "add", "user=amina", f"name={name}", f"public_key={public}")

    def agent(self):
        said = subprocess.run(["ssh-agent", "-s"], capture_output=True, text=True, check=True).stdout
        pid = int(re.search(r"SSH_AGENT_PID=(\d+)", said).group(1))
        self.addCleanup(os.kill, pid, 15)
        return environment(SSH_AUTH_SOCK=re.search(r"SSH_AUTH_SOCK=([^;]+)", said).group(1))

    def test_an_agents_key_signs_in(self):
        env, path = self.agent(), service.key("agent-key")
        self.on_record(path, "agent")
        subprocess.run(["ssh-add", "-q", path], env=env, check=True)
        done = subprocess.run(argv(service.clerk, ["me"]), env=env, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=60, start_new_session=True)
        self.assertEqual(done.returncode, OK, done.stderr)

    def test_an_agent_with_more_keys_than_the_service_tries_leads_to_the_password(self):
        env = self.agent()
        for i in range(8):
            subprocess.run(["ssh-add", "-q", service.key(f"unknown-{i}")], env=env, check=True)
        terminal = Terminal(argv(service.clerk, ["me"]), env)
        terminal.until("Password of amina@simba.co.tz")
        terminal.say(service.password(service.clerk) + "\n")
        self.assertEqual(terminal.end(), OK, terminal.seen)

    def test_a_locked_key_asks_for_its_passphrase(self):
        path = os.path.join(service.home, "locked-key")
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "open sesame", "-f", path], check=True)
        self.on_record(path, "locked")
        terminal = Terminal([service.bima, "-i", path, *argv(service.clerk, ["me"])[1:]], environment())
        terminal.until("Passphrase of " + path)
        terminal.say("something else\n")
        terminal.until("Once more")
        terminal.until("Passphrase of " + path + ": ")
        terminal.say("open sesame\n")
        self.assertEqual(terminal.end(), OK, terminal.seen)

    def test_the_configuration_file_and_the_environment_name_host_and_login(self):
        env = environment(service.clerk, BIMA_HOST="127.0.0.1", BIMA_PORT=str(service.port), BIMA_LOGIN=service.clerk)
        done = subprocess.run([service.bima, "me"], env=env, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, OK, done.stderr)
        config = os.path.join(service.home, "config-" + uuid.uuid4().hex)
        os.makedirs(os.path.join(config, "bima"))
        with open(os.path.join(config, "bima/config"), "w") as out:
            out.write(f"# mine\nhost = 127.0.0.1\nport = {service.port}\nlogin = {service.clerk}\n")
        done = subprocess.run([service.bima, "me"], env=environment(service.clerk, XDG_CONFIG_HOME=config),
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, OK, done.stderr)
        with open(os.path.join(config, "bima/config"), "a") as out:
            out.write("colour = red\n")
        done = subprocess.run([service.bima, "me"], env=environment(service.clerk, XDG_CONFIG_HOME=config),
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("line 5", done.stderr)


class Relay:
    """Passes bytes between the program and the service, and breaks the first line after `cut` bytes of the service's."""

    def __init__(self, cut=None):
        self.cut, self.lines, self.bytes = cut, 0, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.lines += 1
            threading.Thread(target=self.carry, args=(client, self.lines == 1), daemon=True).start()

    def carry(self, client, first):
        server = socket.create_connection(("127.0.0.1", service.port))
        ends = {client: server, server: client}
        seen = 0
        while True:
            for source in select.select(list(ends), [], [])[0]:
                try:
                    piece = source.recv(4096)
                    if source is server and first:
                        if self.cut is not None and seen + len(piece) >= self.cut:
                            piece = piece[:self.cut - seen]
                            ends[source].sendall(piece)
                            piece = b""
                        seen += len(piece)
                        self.bytes = seen
                    if piece:
                        ends[source].sendall(piece)
                except OSError:
                    piece = b""
                if not piece:
                    client.close()
                    server.close()
                    return

    def close(self):
        self.listener.close()


class BrokenLines(unittest.TestCase):
    def through(self, relay, *words):
        known = os.path.join(service.home, "relay-" + uuid.uuid4().hex)
        return bima(service.admin, *words, "--yes", port=relay.port, env=environment(service.admin, BIMA_KNOWN_HOSTS=known))

    def count(self, code):
        return len(rows(good_json(service.admin, "branch", "list", f"code={code}")))

    def test_a_write_whose_answer_is_lost_happens_once(self):
        whole = Relay()
        self.assertEqual(self.through(whole, "branch", "add", f"code={fresh('code')}", "name=x")[0], OK)
        whole.close()
        twice = 0
        for cut in range(whole.bytes - 160, whole.bytes, 16):
            relay, code = Relay(cut), fresh("code")
            status, _, err = self.through(relay, "branch", "add", f"code={code}", "name=x")
            relay.close()
            if relay.lines > 1:
                twice += 1
                self.assertEqual(status, OK, err)
            if status == OK:
                self.assertEqual(self.count(code), 1)
            else:
                self.assertEqual(status, UNAVAILABLE, err)
                self.assertLessEqual(self.count(code), 1)
        self.assertGreater(twice, 2, "the line was cut during the write")

    def test_the_same_key_writes_once_and_never_something_else(self):
        key, code = uuid.uuid4().hex, fresh("code")
        first = json.loads(add_branch(code, "--idem", key, "--json")[1])
        again = json.loads(add_branch(code, "--idem", key, "--json")[1])
        self.assertEqual(first["record"]["id"], again["record"]["id"])
        status, _, err = add_branch(fresh("code"), "--idem", key)
        self.assertEqual(status, DATA, err)

    def test_a_service_that_restarts_meanwhile_is_waited_for(self):
        code = fresh("code")
        front = next(pid for name, pid, _ in service.processes() if name.startswith("front"))
        relay = Relay()
        known = os.path.join(service.home, "relay-" + uuid.uuid4().hex)
        words = argv(service.admin, ["branch", "add", f"code={code}", "name=x", "--yes"], relay.port)
        running = subprocess.Popen(words, env=environment(service.admin, BIMA_KNOWN_HOSTS=known),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        os.kill(front, 9)
        _, err = running.communicate(timeout=120)
        relay.close()
        self.assertIn(running.returncode, (OK, UNAVAILABLE), err)
        self.assertLessEqual(self.count(code), 1)


class Completion(unittest.TestCase):
    SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../contrib/completions/bima")

    def complete(self, *words):
        """What Tab offers for the last of the words; no password file, so asking the service would fail."""
        env = environment(BIMA_HOST="127.0.0.1", BIMA_PORT=str(service.port), BIMA_LOGIN=service.clerk)
        env["PATH"] = os.path.dirname(service.bima) + ":" + env["PATH"]
        code = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
                '_bima bima "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"; printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "-c", code, "bash", self.SCRIPT, "bima", *words], env=env, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (OK, ""))
        return done.stdout.split()

    def test_words_are_offered_from_what_was_cached(self):
        good(service.clerk, "me")
        self.assertEqual(self.complete("cust"), ["customer"])
        self.assertEqual(self.complete("policy", "qu"), ["quote"])
        self.assertEqual(self.complete("policy", "quote", "sum"), ["sum_insured="])
        self.assertEqual(self.complete("receipt", "add", "method=ca"), ["cash", "card"])
        self.assertIn("--json", self.complete("policy", "--js"))
        self.assertEqual(self.complete("policy", "--format", "p"), ["pdf"])


class Documents(unittest.TestCase):
    def test_every_option_stands_in_the_help_the_manual_and_the_completion(self):
        top = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
        said = subprocess.run([service.bima, "--help"], env=environment(), capture_output=True, text=True, timeout=60).stdout
        options = set(re.findall(r"--([a-z-]+)", said))
        self.assertGreater(len(options), 15)
        with open(os.path.join(top, "man/bima.1")) as page, open(os.path.join(top, "contrib/completions/bima")) as script:
            manual, completion = page.read(), script.read()
        for option in options:
            self.assertIn(f"Fl -{option}", manual)
            self.assertIn(f"--{option}", completion)


class OverSsh(unittest.TestCase):
    def ssh(self, who, command, stdin=None):
        given = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}
        done = subprocess.run(service.ssh(who) + [command], env=service.ssh_env(who), capture_output=True, text=True,
                              timeout=120, **given)
        return done.returncode, done.stdout, done.stderr

    def test_the_same_words_say_the_same(self):
        for words in ("me --json", "branch list --csv", "describe vehicle", "vehicle --help"):
            code, out, err = self.ssh(service.clerk, words)
            self.assertEqual(code, OK, err)
            self.assertEqual(out, good(service.clerk, *words.split()))

    def test_exit_codes_and_errors_come_through(self):
        code, out, err = self.ssh(service.clerk, "vehicle show 'T 000 ZZZ'")
        self.assertEqual((code, out), (NOINPUT, ""))
        self.assertTrue(err.startswith("bima: "), err)

    def test_files_and_another_identity_are_refused(self):
        for words in ("branch list -o /tmp/x", "-l admin@simba.co.tz me", "-i /etc/passwd me", "-p 1 me", "me --link-fd 0"):
            code, _, err = self.ssh(service.clerk, words)
            self.assertEqual(code, USAGE, f"{words}: {err}")

    def test_the_service_reads_no_file_for_a_caller(self):
        code, out, _ = self.ssh(service.clerk, f"certificate verify /etc/passwd --key {'00' * 32}")
        self.assertNotEqual(code, OK)
        self.assertEqual(out, "")


class Certificates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.number = sell()
        cls.key = re.search(r"[0-9a-f]{64}|[A-Za-z0-9+/_-]{43}=?", service.ctl("certificate-key")).group(0)

    def verify(self, *words):
        """Without service, login or home."""
        return subprocess.run([service.bima, "certificate", "verify", *words], env={}, capture_output=True, text=True, timeout=60)

    def test_a_printed_certificate_is_verified_offline_and_any_flipped_bit_fails(self):
        pdf = os.path.join(service.home, "certificate.pdf")
        good(service.clerk, "certificate", "print", self.number, "-o", pdf)
        with open(pdf, "rb") as f:
            self.assertTrue(f.read().startswith(b"%PDF"))
        done = self.verify(pdf, "--key", self.key)
        self.assertEqual(done.returncode, OK, done.stderr)
        self.assertIn(self.number, done.stdout)
        text = good(service.clerk, "certificate", "print", self.number)
        sealed = re.sub(r"\s+", "", text[text.index("BIMA1."):])
        sealed = re.match(r"BIMA1\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", sealed).group(0)
        facts = json.loads(self.verify(sealed, "--key", self.key, "--json").stdout)
        self.assertEqual((facts["genuine"], facts["number"], facts["company"]), (True, self.number, "Simba Insurance"))
        for at in range(6, len(sealed), 7):
            broken = sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1:]
            self.assertNotEqual(self.verify(broken, "--key", self.key).returncode, OK, at)

    def test_another_key_and_missing_words_fail(self):
        text = good(service.clerk, "certificate", "print", self.number, "--format", "text")
        path = os.path.join(service.home, "certificate.txt")
        with open(path, "w") as out:
            out.write(text)
        self.assertEqual(self.verify(path, "--key", self.key).returncode, OK)
        self.assertEqual(self.verify(path, "--key", "11" * 32).returncode, DATA)
        self.assertEqual(self.verify(path).returncode, USAGE)
        self.assertEqual(self.verify("/nowhere", "--key", self.key).returncode, USAGE)


if __name__ == "__main__":
    unittest.main(verbosity=2)
