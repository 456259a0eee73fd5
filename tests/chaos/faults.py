"""What is done to the service. Each fault is a function of the world and its dice; when it returns it has ended, and the service
must come back by itself; what it returns is said of it. DECK has all of them; a round plays them in an order the seed gives."""
import datetime
import glob
import os
import random
import signal
import subprocess
import threading
import time

from load import Deaf, until
from relay import DOWN, UP
from service import alive, wait_for
from tamper import CRUMBLE, HARMFUL
from chaos_world import DISK, SIMBA, mount

PATIENCE = 60
DECK = {}
DAY = 86400
LOCAL = datetime.timezone(datetime.timedelta(hours=3))  # both companies' days
AHEAD = 5 * DAY     # keys of requests are kept for a week: further ahead they would be forgotten, rightly
BEHIND = -2 * DAY
DEAF = 6
MARGIN = 64         # KiB a full disk has left


def fault(function):
    DECK[function.__name__.replace("_", " ")] = function
    return function


# ---------------------------------------------------------------- processes

def kill(pid, how=signal.SIGKILL):
    try:
        os.kill(pid, how)
        return True
    except ProcessLookupError:  # it ended by itself, with something that was killed before
        return False


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as line:
            return [int(word) for word in line.read().split()]
    except FileNotFoundError:
        return []


def backends(world):
    """Processes of the database that work for the service."""
    found = []
    for postmaster in world.pids("postgres"):
        for pid in children(postmaster):
            try:
                with open(f"/proc/{pid}/cmdline") as line:
                    if "bima_worker bima" in line.read():
                        found.append(pid)
            except (FileNotFoundError, ProcessLookupError):
                pass
    return found


def fate(pid):
    return "it went on" if alive(pid) else "it ended"


def one_of(world, dice, kind):
    """The pid of a process of that kind, as soon as there is one."""
    found = (lambda: backends(world)) if kind == "backend" else lambda: world.pids(kind)
    return dice.choice(sorted(wait_for(f"there is a {kind}", found, PATIENCE)))


def killer(kind):
    def kill_it(world, dice):
        kill(one_of(world, dice, kind))
    kill_it.__name__ = f"kill_{kind}"
    return fault(kill_it)


for _kind in ("front", "worker", "bulk", "platform", "jobs", "metrics", "postgres", "backend"):
    killer(_kind)


@fault
def kill_all_workers(world, dice):
    for pid in world.pids("worker"):
        kill(pid)


@fault
def kill_many_workers_one_after_the_other(world, dice):
    for _ in range(6):
        kill(one_of(world, dice, "worker"))
        time.sleep(dice.uniform(0.05, 0.3))


@fault
def kill_all_of_the_database(world, dice):
    for postmaster in world.pids("postgres"):
        for pid in [postmaster] + children(postmaster):
            kill(pid)


@fault
def kill_master(world, dice):
    left = [pid for _, pid, _ in world.service.processes()]
    world.service.process.kill()
    world.service.process.wait()
    fronts = [pid for pid in left if pid != world.service.process.pid]
    wait_for("what the master left behind ends", lambda: not any(alive(pid) for pid in fronts), PATIENCE)
    world.service.process = None
    world.service.start()


@fault
def restart_service(world, dice):
    status = world.service.stop()
    assert status == 0, f"told to stop, the service ended with {status}"
    world.service.start()


@fault
def restart_database(world, dice):
    kill(one_of(world, dice, "postgres"), signal.SIGINT)


def stopper(kind):
    def stop_it(world, dice):
        pid = one_of(world, dice, kind)
        kill(pid, signal.SIGSTOP)
        time.sleep(world.hold(dice))
        kill(pid, signal.SIGCONT)
        return fate(pid)
    stop_it.__name__ = f"stop_{kind}"
    return fault(stop_it)


for _kind in ("front", "worker", "jobs", "postgres", "backend", "master"):
    stopper(_kind)


class Meanwhile:
    """Sometimes a process is killed while something else is already broken."""

    def __init__(self, world, dice, ever):
        self.world, self.said, self.error = world, "", None
        self.dice = random.Random(dice.random())
        self.thread = threading.Thread(target=self.run, daemon=True) if ever and self.dice.random() < 0.3 else None

    def run(self):
        try:
            time.sleep(self.dice.uniform(0, 3))
            kind = self.dice.choice(("front", "worker", "jobs", "backend", "postgres"))
            kill(one_of(self.world, self.dice, kind))
            self.said = f"{kind} was killed meanwhile"
        except (AssertionError, OSError) as error:
            self.error = error

    def __enter__(self):
        if self.thread:
            self.thread.start()
        return self

    def __exit__(self, *_):
        if self.thread:
            self.thread.join()
        if self.error:
            raise self.error


# ---------------------------------------------------------------- what runs out

def used_kib(path):
    fs = os.statvfs(path)
    return (fs.f_blocks - fs.f_bfree) * fs.f_frsize // 1024


def no_space(world):
    """How often the database, or the service, has said so."""
    said = 0
    for path in [world.service.log] + glob.glob(os.path.join(world.service.state, "postgres/log/*")):
        with open(path, "rb") as log:
            text = log.read()
        said += text.count(b"No space left on device") + text.count(b"53100")
    return said


@fault
def disk_full(world, dice):
    """The small file system has no room left, for a while: not for keys, not for the database, its log ahead included."""
    state, said = world.service.state, no_space(world)
    try:
        mount("-o", f"remount,size={used_kib(state) + MARGIN}k", state)
        until("the database notices that its disk is full", lambda: no_space(world) > said, world, PATIENCE)
        time.sleep(world.hold(dice))
    finally:
        mount("-o", f"remount,size={DISK['size']}", state)


class Limited:
    """A running process has no more than so much of something, for a while. Said by its own account, as a machine may allow root
    less. What has ended meanwhile has no limit to be given back."""

    def __init__(self, pid, what, limit):
        self.pid, self.what, self.limit, self.before = pid, what, limit, None

    def __enter__(self):
        assert self.say(self.limit) or not alive(self.pid), f"the limit of {self.pid} can't be set"

    def __exit__(self, *_):
        assert self.say("unlimited" if self.what == "as" else self.before) or not alive(self.pid), f"the limit of {self.pid} stays"

    def say(self, limit):
        try:
            with open(f"/proc/{self.pid}/limits") as lines:
                before = next(line.split()[3] for line in lines if line.startswith("Max open files"))
            owner = os.stat(f"/proc/{self.pid}")
        except (FileNotFoundError, ProcessLookupError):
            return False
        who = dict(user=owner.st_uid, group=owner.st_gid, extra_groups=[]) if os.geteuid() == 0 else {}
        self.before = self.before or before
        return subprocess.run(["prlimit", "--pid", str(self.pid), f"--{self.what}={limit}:"], capture_output=True, **who).returncode == 0


def descriptors(pid):
    return Limited(pid, "nofile", len(os.listdir(f"/proc/{pid}/fd")) + 1)


def memory(pid):
    with open(f"/proc/{pid}/statm") as line:
        return Limited(pid, "as", int(line.read().split()[0]) * os.sysconf("SC_PAGE_SIZE"))


def fds_for(kind):
    def no_descriptors(world, dice):
        pid = one_of(world, dice, kind)
        with descriptors(pid):
            # what wants descriptors: connections that are mended, workers that are started
            kill(one_of(world, dice, "backend" if kind == "worker" else "worker"))
            time.sleep(0.5 + world.hold(dice))
        return fate(pid)
    no_descriptors.__name__ = f"no_descriptors_for_{kind}"
    return fault(no_descriptors)


def memory_for(kind):
    def no_memory(world, dice):
        pid = one_of(world, dice, kind)
        with memory(pid):
            time.sleep(0.5 + world.hold(dice))
        return fate(pid)
    no_memory.__name__ = f"no_memory_for_{kind}"
    return fault(no_memory)


for _kind in ("front", "worker", "master", "postgres", "jobs"):
    fds_for(_kind)
for _kind in ("front", "worker", "jobs", "backend"):
    memory_for(_kind)


# ---------------------------------------------------------------- the line, and who is at its end

@fault
def readers_that_stop_reading(world, dice):
    before = int(world.service.status()[0]["sessions"])
    deaf = [Deaf(world, SIMBA[i % len(SIMBA)]) for i in range(DEAF)]
    try:
        until("deaf clients get in", lambda: int(world.service.status()[0]["sessions"]) >= min(before, 4) + DEAF // 2, world, PATIENCE)
        for client in deaf:
            client.stop()
        time.sleep(world.hold(dice))
    finally:
        for client in deaf:
            client.end()


def spoiler(how):
    def spoil(world, dice):
        for _ in range(2):
            world.tamper.spoil(how, dice.choice((UP, DOWN)))
            until(f"bytes are altered: {how}", lambda: not world.tamper.waits(), world, PATIENCE)
    spoil.__name__ = f"line_{how}s_bytes"
    return fault(spoil)


for _how in HARMFUL:
    spoiler(_how)


@fault
def line_crumbles_to_single_bytes(world, dice):
    world.tamper.spoil(CRUMBLE, dice.choice((UP, DOWN)))
    time.sleep(world.hold(dice))
    world.tamper.calm()


@fault
def line_is_cut(world, dice):
    for _ in range(4):
        world.tamper.arm(dice.choice((UP, DOWN)), dice.randrange(2000))
        until("the line is cut", lambda: not world.tamper.left, world, PATIENCE)


@fault
def line_stands_still(world, dice):
    world.tamper.hold(*dice.choice(((UP,), (DOWN,), (UP, DOWN))))
    time.sleep(0.5 + world.hold(dice))
    world.tamper.hold()


# ---------------------------------------------------------------- the clock

def now(world):
    return time.time() + world.clock.offset


def move(world, seconds):
    """By so much, within what the round allows. What was written after the clock had been set back is sealed before it is set
    again: sealed at a later time it would look as if somebody had dated it back. What is written meanwhile: see broken_chains."""
    if world.clock.set_back:
        world.all_sealed(PATIENCE)
    wanted = world.clock.offset + seconds - world.clock.begin
    if not BEHIND <= wanted <= AHEAD:
        wanted = 0
    world.clock.set(world.clock.begin + int(wanted))


@fault
def clock_passes_midnight(world, dice):
    today = datetime.datetime.fromtimestamp(now(world), LOCAL)
    midnight = today.replace(hour=0, minute=0, second=0, microsecond=0) + datetime.timedelta(days=1)
    move(world, (midnight - today).total_seconds() - 1)
    time.sleep(1.5)


@fault
def clock_jumps_ahead(world, dice):
    move(world, dice.choice((2 * 3600, DAY, 2 * DAY + 3600)))


@fault
def clock_jumps_back(world, dice):
    move(world, -dice.choice((90, 3 * 3600, DAY, 2 * DAY)))

