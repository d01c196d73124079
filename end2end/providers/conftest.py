"""The real binary with a key of its own, for the Python provider."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
BINARY = Path(
    os.environ.get("BINARY") or Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target") / "release" / "flagstaff"
)
DEMO = ["--project", "demo", "--environment", "production"]
PATIENCE = 60.0
"""How long a start, a command or a stop may take, in seconds."""


def until(ready, within: float = PATIENCE, every: float = 0.05):
    """Asks `ready` until it gives something true, and gives that."""
    end = time.monotonic() + within
    while True:
        if answer := ready():
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"not within {within} s: {ready.__name__}")
        time.sleep(every)


class Flagstaff:
    """A server on a free port with a data folder of its own."""

    def __init__(self):
        self.data = Path(tempfile.mkdtemp(prefix="flagstaff-"))
        # Without settings of the person who runs the tests.
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("FLAGSTAFF_")}
        self.said = ""
        self.process = subprocess.Popen(
            [BINARY, "serve", "--demo", "--addr", "127.0.0.1:0", "--data", self.data],
            cwd=self.data, env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        self.listener = threading.Thread(target=self._listen)
        self.listener.start()
        try:
            self.url = until(self._address)
            until(self._is_ready)
        except BaseException:
            self.stop()
            raise

    def _listen(self):
        with self.process.stdout:
            for line in self.process.stdout:
                self.said += line

    def _address(self):
        assert self.process.poll() is None, f"flagstaff exited with {self.process.returncode}\n{self.said}"
        found = re.search(r"Flagstaff is listening on (http://127\.0\.0\.1:\d+)", self.said)
        return found and found[1]

    def _is_ready(self):
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=1) as answer:
                return answer.status == 200
        except urllib.error.URLError:
            return False

    def ok(self, *args: str | Path, stdin: str = "") -> str:
        """Runs a command of the same binary on the same data; it has to work."""
        done = subprocess.run(
            [BINARY, *args, "--data", self.data],
            cwd=self.data, env=self.environment, input=stdin, capture_output=True, text=True, timeout=PATIENCE,
        )
        assert done.returncode == 0, f"flagstaff {args} exited with {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout.strip()

    def import_flags(self, flags: dict):
        self.ok("import", *DEMO, "-", stdin=json.dumps({"flags": flags}))

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.listener.join()
        shutil.rmtree(self.data, ignore_errors=True)


@pytest.fixture(scope="session")
def flagstaff():
    server = Flagstaff()
    try:
        server.ok("import", *DEMO, HERE / "flags.json")
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def key(flagstaff):
    return flagstaff.ok("key", "create", *DEMO, "--kind", "server", "--name", "python")
