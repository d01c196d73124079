"""Runs the stages of `make test`, sums up their tests and ends on `N passed, N failed`.

A stage without tests of its own (format, lints, docs, a build) counts as one. A stage that could not run counts as one
failure, by name; but for PostgreSQL's, which is left out, and says so, where there is no such server. Each stage's output is shown as it comes and kept in target/test-logs.
"""

import json
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "target" / "test-logs"
PYTEST_REPORT = LOGS / "pytest.xml"
PLAYWRIGHT_REPORT = LOGS / "playwright.json"


@dataclass
class Counts:
    passed: int = 0
    failed: int = 0


def from_exit(code: int, _output: str) -> Counts:
    return Counts(passed=1) if code == 0 else Counts(failed=1)


def from_cargo(_code: int, output: str) -> Counts:
    results = re.findall(r"^test result: \w+\. (\d+) passed; (\d+) failed", output, re.MULTILINE)
    return Counts(sum(int(passed) for passed, _ in results), sum(int(failed) for _, failed in results))


def from_pytest(_code: int, _output: str) -> Counts:
    if not PYTEST_REPORT.exists():
        return Counts()
    suites = list(ET.parse(PYTEST_REPORT).getroot().iter("testsuite"))
    failed = sum(int(suite.get("failures", 0)) + int(suite.get("errors", 0)) for suite in suites)
    ran = sum(int(suite.get("tests", 0)) - int(suite.get("skipped", 0)) for suite in suites)
    return Counts(ran - failed, failed)


def from_playwright(_code: int, _output: str) -> Counts:
    if not PLAYWRIGHT_REPORT.exists():
        return Counts()
    stats = json.loads(PLAYWRIGHT_REPORT.read_text())["stats"]
    # A test that needed a second try has not passed.
    return Counts(stats["expected"], stats["unexpected"] + stats["flaky"])


# What a stage's command exits with when this machine lacks what it tests.
LEFT_OUT = 77
BROWSER = ["--lib", "--no-default-features", "--features", "hydrate", "--target", "wasm32-unknown-unknown"]
CHECK = [
    ("tools", ["scripts/tools"], from_exit),
    ("format", ["cargo", "fmt", "--check"], from_exit),
    ("lint server", ["cargo", "clippy", "--all-targets", "--", "-D", "warnings"], from_exit),
    ("lint browser", ["cargo", "clippy", *BROWSER, "--", "-D", "warnings"], from_exit),
    ("docs", ["cargo", "doc", "--no-deps", "--document-private-items"], from_exit),
]
# The front comes first, so that the tests of the embedded files have some.
CARGO_TEST = [
    ("front", ["scripts/build-front"], from_exit),
    ("cargo test", ["cargo", "test", "--no-fail-fast"], from_cargo),
    ("postgres", ["scripts/test-postgres"], from_cargo),
]


def end_to_end(arguments: list[str]) -> list[tuple]:
    pytest = [".venv/bin/python", "-m", "pytest", f"--junitxml={PYTEST_REPORT}"]
    return [
        ("build", ["make", "release"], from_exit),
        ("end-to-end tools", ["scripts/e2e-tools"], from_exit),
        ("python provider", pytest, from_pytest),
        ("browser and javascript providers", ["npx", "--no-install", "playwright", "test", *arguments], from_playwright),
    ]


def environment() -> dict[str, str]:
    return os.environ | {
        "RUSTDOCFLAGS": "-D warnings",
        "PLAYWRIGHT_JSON_OUTPUT_NAME": str(PLAYWRIGHT_REPORT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def run(name: str, command: list[str]) -> tuple[int, str]:
    """Runs one stage and gives its exit code and its output; a command that is not there is exit code 127."""
    folder = ROOT / "end2end" if command[0] in (".venv/bin/python", "npx") else ROOT
    lines = []
    try:
        process = subprocess.Popen(
            command, cwd=folder, env=environment(), text=True, errors="replace", stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
    except OSError as error:
        print(error)
        return 127, str(error)
    with process, open(LOGS / f"{name.replace(' ', '-')}.log", "w", encoding="utf-8") as log:
        for line in process.stdout:
            lines.append(line)
            log.write(line)
            print(line, end="", flush=True)
    return process.returncode, "".join(lines)


def stage(name: str, command: list[str], count) -> Counts:
    print(f"\n=== {name}: {' '.join(command)}", flush=True)
    started = time.monotonic()
    code, output = run(name, command)
    if code == LEFT_OUT:
        return Counts()
    counts = count(code, output)
    if code == 0 and counts == Counts():
        print(f"{name} ran no test")
        counts.failed = 1
    elif code != 0 and counts.failed == 0:
        counts.failed = 1
    print(f"=== {name}: {counts.passed} passed, {counts.failed} failed in {time.monotonic() - started:.0f} s", flush=True)
    return counts


def main() -> int:
    what = sys.argv[1] if len(sys.argv) > 1 else "all"
    stages = {
        "check": CHECK,
        "e2e": end_to_end(sys.argv[2:]),
        "all": CHECK + CARGO_TEST + end_to_end([]),
    }[what]
    LOGS.mkdir(parents=True, exist_ok=True)
    for report in (PYTEST_REPORT, PLAYWRIGHT_REPORT):
        report.unlink(missing_ok=True)
    results = {name: stage(name, command, count) for name, command, count in stages}

    print()
    for name in [name for name, counts in results.items() if counts.failed]:
        print(f"failed: {name}")
    passed = sum(counts.passed for counts in results.values())
    failed = sum(counts.failed for counts in results.values())
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
