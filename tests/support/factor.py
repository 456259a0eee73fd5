"""A second factor in tests: enrolled as a person does it, codes as oathtool counts them."""
import base64
import os
import re
import secrets
import subprocess
import time


class Factor:
    """One user's authenticator and recovery codes. Enrols over bima-json."""

    def __init__(self, service, who):
        self.service, self.who = service, who
        begun, = service.ask(who, ("act", {"entity": "account", "key": "me", "action": "factor"}))
        assert begun["code"] == "OK", begun
        self.secret = re.search(r"secret=([A-Z2-7]+)", self.text(begun))[1]
        done, = service.ask(who, ("act", {"entity": "account", "key": "me", "action": "confirm", "fields": {"code": self.code()}}))
        assert done["code"] == "OK", done
        self.recovery = [word for word in re.findall(r"[A-Z0-9-]{6,}", self.text(done).upper()) if sum(c == "-" for c in word) > 0]

    @staticmethod
    def text(reply):
        return base64.b64decode(reply["body"]["file"]["bytes"]).decode()

    def code(self, at=None):
        when = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(time.time() if at is None else at))
        return subprocess.run(["oathtool", "--totp", "-b", "-N", when, self.secret], capture_output=True, text=True,
                              check=True).stdout.strip()

    def wrong(self):
        return "%06d" % ((int(self.code()) + 499999) % 1000000)

    def unlock(self):
        """Wrong codes are forgotten, and so is which code was used last."""
        self.service.sql("update app.sign_in_failure set failures = 0, locked_until = null; update app.user_factor set last_step = 0")

    def ssh_env(self, *codes):
        """As service.ssh_env, for OpenSSH: the password where that is asked, then one code after the other."""
        stem = os.path.join(self.service.home, "codes-" + secrets.token_hex(4))
        with open(stem, "w") as out:
            out.writelines(code + "\n" for code in codes)
        with open(os.open(stem + ".sh", os.O_WRONLY | os.O_CREAT, 0o700), "w") as out:
            out.write(f"""#!/bin/sh
case "$1" in
*password*) cat <<'END'
{self.service.passwords[self.who]}
END
;;
*) echo "$1" >>{stem}.asked; head -n 1 {stem}; sed -i 1d {stem} ;;
esac
""")
        return dict(os.environ, SSH_ASKPASS=stem + ".sh", SSH_ASKPASS_REQUIRE="force", DISPLAY=":0", ASKED=stem + ".asked")
