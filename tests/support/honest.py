#!/usr/bin/python3
"""Somebody at work while others misbehave: asks one small question after the other and keeps how long each answer took.

In a process of its own, so that what the test does cannot slow its clock. As a library: Honest(service); as a program it is
given the words of an OpenSSH command, and told "begin" and "end" on standard input.
"""
import json
import os
import select
import statistics
import subprocess
import sys
import time

PAUSE = 0.01


class Honest:
    """stats() of a stretch: {"n", "median", "worst"}, seconds. Names of stretches and their stats are kept in .seen."""

    def __init__(self, service, who=None):
        who = who or service.clerk
        words = service.ssh(who, "-s") + ["bima-json"]
        self.process = subprocess.Popen([sys.executable, os.path.abspath(__file__), *words], env=service.ssh_env(who),
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.seen = {}
        assert self.process.stdout.readline() == "ready\n", "the honest client did not get in"

    def begin(self):
        self.process.stdin.write("begin\n")

    def end(self, name):
        """After at least ten answers."""
        self.process.stdin.write("end\n")
        line = self.process.stdout.readline()
        assert line, "the honest client was thrown out"
        self.seen[name] = json.loads(line)
        return self.seen[name]

    def rest(self, seconds):
        """What it sees when nobody misbehaves."""
        self.begin()
        time.sleep(seconds)
        return self.end("nobody misbehaves")

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()

    def table(self):
        rows = sorted(self.seen.items(), key=lambda row: -row[1]["worst"])
        return "\n".join(f"{s['median'] * 1000:8.1f} ms median {s['worst'] * 1000:8.1f} ms worst of {s['n']:5} answers: {name}"
                         for name, s in rows)


class Asking:
    def __init__(self, words):
        self.ssh = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.number = 0

    def ask(self):
        self.number += 1
        begin = time.monotonic()
        self.ssh.stdin.write('{"id":%d,"method":"me","params":{}}\n' % self.number)
        reply = json.loads(self.ssh.stdout.readline())
        assert (reply["id"], reply["code"]) == (self.number, "OK"), reply
        return time.monotonic() - begin


def main(words):
    asking = Asking(words)
    asking.ask()
    print("ready", flush=True)
    took, ending, told = [], False, b""
    while True:
        if select.select([0], [], [], 0)[0]:
            piece = os.read(0, 100)
            if not piece:
                break
            told += piece
            while b"\n" in told:
                word, told = told.split(b"\n", 1)
                ending = word == b"end"
                if word == b"begin":
                    took = []
        took.append(asking.ask())
        if ending and len(took) >= 10:
            ending = False
            print(json.dumps({"n": len(took), "median": statistics.median(took), "worst": max(took)}), flush=True)
        time.sleep(PAUSE)
    asking.ssh.stdin.close()
    asking.ssh.wait(30)


if __name__ == "__main__":
    main(sys.argv[1:])
