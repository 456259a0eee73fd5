#!/usr/bin/python3
"""What ssh-audit says of a running service: nothing that fails, and no warning but those that are named here."""
import os
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from service import Service  # noqa: E402

# algorithm -> why it stays
KNOWN = {
    "kex-strict-s-v00@openssh.com": "no algorithm but the sign that the strict key exchange is spoken, which is the defence "
                                    "against Terrapin; ssh-audit 2.5 is older than it and calls it unknown",
}


class Audit(unittest.TestCase):
    def test_nothing_fails_and_every_warning_is_known(self):
        with Service(demo=False) as service:
            done = subprocess.run(["ssh-audit", "-n", "-p", str(service.port), "127.0.0.1"], capture_output=True, text=True,
                                  timeout=120)
        found = re.findall(r"^\((\w+)\) (\S+)\s+-- \[(\w+)\] (.*)$", done.stdout, re.M)
        self.assertGreater(len(found), 5, done.stdout + done.stderr)
        # notes below an algorithm's first one stand on lines of their own
        name, bad = "", []
        for row in done.stdout.splitlines():
            if match := re.match(r"^\((\w+)\) (\S+)", row):
                name = match[2]
            if re.search(r"\[(fail|warn)\]", row) and name not in KNOWN:
                bad.append(f"{name}: {row.strip()}")
        self.assertEqual(bad, [])
        self.assertNotIn("[fail]", done.stdout)
        algorithms = {found_name for _, found_name, _, _ in found}
        self.assertLessEqual({"curve25519-sha256", "ssh-ed25519", "chacha20-poly1305@openssh.com"}, algorithms)


if __name__ == "__main__":
    unittest.main(verbosity=2)
