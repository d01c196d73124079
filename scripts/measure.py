"""Measures the product at size: 5,000 flags in three environments, 100,000 rows of audit, a segment of 100,000 ids.

    python3 scripts/measure.py [--binary target/release/flagstaff] [--flags 5000] [--rows 100000] [--requests 20] [--data DIR]

Makes a project through the set-up page and `flagstaff import`, brings the audit to size by imports with changed contents,
and prints the median and the worst of some requests for each page as a Markdown table. Loads 127.0.0.1 alone. With --data the
folder stays, and a second run measures it as it is.
"""

import argparse
import http.client
import json
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

PROJECT = "big"
ENVIRONMENTS = ["development", "staging", "production"]
EMAIL, PASSWORD = "measure@shop.example", "correct horse battery"
OWNERS = ["payments-team", "search-team", "web-team", "data-team"]


def key(number: int) -> str:
    return f"flag_{number:05d}"


def flag_file(flags: int, round_: int) -> str:
    """The short form; what a flag serves differs from round to round."""
    lines = ["flags:"]
    for number in range(flags):
        share = (number + 7 * round_) % 100 + 0.5
        lines += [
            f"  {key(number)}:",
            f"    enabled: {'true' if (number + round_) % 3 else 'false'}",
            f"    percentage: {share}",
            f"    allowed_users: [user_{number}, user_{round_}]",
            "    rules:",
            f"      - {{attribute: plan, operator: in, value: [pro, plan_{round_}]}}",
            f"      - {{attribute: country, operator: equals, value: C{number % 40}}}",
            f"    owner: {OWNERS[number % len(OWNERS)]}",
            f"    description: Flag {number} of the measurement, about the length of a sentence that people write",
            f"    tags: [tag_{number % 20}]",
            f'    expires: "2099-{number % 12 + 1:02d}-{number % 28 + 1:02d}"',
        ]
    return "\n".join(lines) + "\n"


class Server:
    """A running `flagstaff serve` and one connection to it."""

    def __init__(self, binary: str, data: Path):
        begun = time.perf_counter()
        self.log = open(data / "measure.log", "a")
        command = [binary, "serve", "--addr", "127.0.0.1:0", "--data", str(data)]
        environment = {**os.environ, "RUST_LOG": "warn"}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, text=True, env=environment)
        address = re.search(r"http://(\S+)", self.process.stdout.readline()).group(1)
        self.connection = http.client.HTTPConnection(address, timeout=120)
        self.cookie = ""
        while self.ask("GET", "/readyz")[0] != 200:
            time.sleep(0.01)
        self.start_seconds = time.perf_counter() - begun

    def setup_link(self) -> str:
        url = urlsplit(re.search(r"http://\S+", self.process.stdout.readline()).group(0))
        return f"{url.path}?{url.query}"

    def ask(self, method: str, path: str, body: str | bytes | None = None, headers: dict | None = None):
        """Status, headers and body; the time it took in milliseconds."""
        sent = {"Accept-Encoding": "br", **({"Cookie": self.cookie} if self.cookie else {}), **(headers or {})}
        begun = time.perf_counter()
        self.connection.request(method, path, body, sent)
        answer = self.connection.getresponse()
        content = answer.read()
        took = (time.perf_counter() - begun) * 1000
        for value in answer.headers.get_all("set-cookie") or []:
            self.cookie = value.split(";")[0]
        return answer.status, answer.headers, content, took

    def post(self, path: str, fields: dict):
        return self.ask("POST", path, urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})

    def sign_in(self):
        status = self.post("/login", {"email": EMAIL, "password": PASSWORD})[0]
        assert status == 303, f"sign-in was answered with {status}"

    def memory_mib(self) -> float:
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()


def run(binary: str, data: Path, *arguments: str, given: str | None = None) -> tuple[str, float]:
    begun = time.perf_counter()
    done = subprocess.run([binary, *arguments, "--data", str(data)], input=given, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"flagstaff {arguments[0]} failed:\n{done.stderr[-2000:]}")
    return done.stdout, time.perf_counter() - begun


def audit_rows(data: Path) -> int:
    database = sqlite3.connect(f"file:{data / 'flagstaff.db'}?mode=ro", uri=True)
    rows = database.execute("select count(*) from audit_log").fetchone()[0]
    database.close()
    return rows


def build(binary: str, data: Path, flags: int, rows: int) -> list[tuple[str, float]]:
    """The project at size; how long the imports took."""
    server = Server(binary, data)
    fields = {
        "_form": "setup", "name": "Measure", "email": EMAIL, "password": PASSWORD,
        "project_name": "Big", "project_key": PROJECT,
        **{f"environments[{at}].key": key for at, key in enumerate(ENVIRONMENTS)},
    }
    status = server.post(server.setup_link(), fields)[0]
    assert status == 303, f"set-up was answered with {status}"
    server.stop()
    took, round_ = [], 0
    while round_ < len(ENVIRONMENTS) or audit_rows(data) < rows:
        environment = ENVIRONMENTS[round_ % len(ENVIRONMENTS)]
        seconds = run(binary, data, "import", "--project", PROJECT, "--environment", environment, "-", given=flag_file(flags, round_))[1]
        took.append((environment, seconds))
        print(f"import {round_ + 1} into {environment}: {seconds:.1f} s", file=sys.stderr)
        round_ += 1
    for round_ in range(LONG_ROUNDS):
        run(binary, data, "import", "--project", PROJECT, "-", given=long_file(round_))
    # The newest changes: of FEW flags, all of one moment.
    run(binary, data, "import", "--project", PROJECT, "--environment", "staging", "-", given=flag_file(FEW, rows + 1))
    return took


FEW = 200
SEGMENT, IDS, ASKS = "everybody", 100_000, "asks_for_everybody"
# Rounds of changes of the long segment, each a row of the audit of several megabytes.
LONG_ROUNDS = 12


def long_file(round_: int) -> str:
    """What the rest of a project is made of, with a long segment whose ids differ a little from round to round."""
    ids = [f"member_{number}" for number in range(round_, IDS + round_)]
    groups = [{"key": f"group_{number}", "name": f"Group {number}", "include": [f"user_{number}"]} for number in range(50)]
    asks = {"enabled": True, "off_variant": "off", "fallthrough": "off", "rules": [
        {"id": "r1", "conditions": [{"operator": "in_segment", "values": [SEGMENT]}], "serve": "on"}]}
    return json.dumps({
        "version": 1,
        "attributes": [
            {"name": name, "value_type": "text", "description": "Of the measurement"} for name in ("plan", "country", "company")
        ],
        "segments": [{"key": SEGMENT, "name": "Everybody", "include": ids}, *groups],
        "personas": [
            {"key": f"persona_{number}", "name": f"Persona {number}", "context": {"targetingKey": f"user_{number}", "plan": "pro"}}
            for number in range(20)
        ],
        "flags": {ASKS: {
            "kind": "permission", "value_type": "boolean", "variants": {"on": True, "off": False}, "fallback_variant": "off",
            "owner": "measure", "description": "Asks for a long segment", "environments": {key: asks for key in ENVIRONMENTS},
        }},
    })


def since(data: Path, environment: str, changes: int) -> str:
    """The moment just before the last so many changes of an environment; what was imported together is of one moment."""
    database = sqlite3.connect(f"file:{data / 'flagstaff.db'}?mode=ro", uri=True)
    sql = "select at from audit_log where environment = ? order by seq desc limit 1 offset ?"
    at = database.execute(sql, (environment, changes - 1)).fetchone()[0]
    database.close()
    before = datetime.fromisoformat(at) - timedelta(milliseconds=1)
    return before.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def pages(flags: int, rows: int) -> list[tuple[str, str]]:
    of, flag = f"/p/{PROJECT}", f"/p/{PROJECT}/flags/{key(flags // 2)}"
    last = (flags - 1) // 50 + 1
    lists = [
        "", f"?page={last}", "?q=sentence", "?q=flag_04", "?q=nothing_like_it", "?q=owner%3Ame", "?q=owner%3Asearch", "?q=tag%3Atag_7",
        "?q=kind%3Arelease", "?q=status%3Apartly-on", "?q=status%3Aarchived", "?q=env%3Aproduction+is%3Aon", "?q=expires%3Asoon",
        "?sort=-key", "?sort=status", "?sort=-status", "?sort=seen", "?sort=-seen", "?sort=expires", "?sort=-expires", "?sort=updated",
        "?q=sentence+tag%3Atag_7+is%3Aon&sort=-expires",
    ]
    audits = [
        "", f"?before={rows // 2}", "?before=60", "?after=1", f"?who={EMAIL}", "?who=console", "?what=state", "?what=flag.create",
        "?what=api_key", "?environment=staging", f"?object={key(flags // 2)}", "?object=nothing_like_it", "?object=flag",
        "?from=2000-01-01&until=2000-01-02", "?until=2099-01-01", "?environment=staging&what=flag.create&who=console&object=zzz",
        f"?environment=staging&what=state.import&object={key(flags // 3)[:8]}&from=2020-01-01",
    ]
    found = [(f"flags {query or '(first page)'}", f"{of}/flags{query}") for query in lists]
    found += [
        ("one flag", flag), ("its history", f"{flag}/history"), ("its edit form", f"{flag}/edit"),
        ("in one environment", f"{flag}/production"), ("a new rule's form", f"{flag}/production/rules/new"),
        ("the form of a new flag", f"{of}/flags/new"), ("unknown keys", f"{of}/unknown"), ("help", f"/help?project={PROJECT}"),
    ]
    context = urlencode({"as": "json", "context": '{"targetingKey": "user_1", "plan": "pro", "country": "C7"}'})
    matrix = urlencode({"as": "json", "several": "on", "context": '{"targetingKey": ["user_1", "user_2"], "plan": ["pro", "free"]}'})
    sides = "a=staging&b=production"
    found += [
        ("segments", f"{of}/segments"), (f"a segment of {IDS} ids", f"{of}/segments/{SEGMENT}"),
        ("the same, searched", f"{of}/segments/{SEGMENT}?find=member_777"), ("attributes", f"{of}/settings/attributes"),
        ("personas", f"{of}/settings/personas"), ("a flag that asks for the segment", f"{of}/flags/{ASKS}/staging"),
        ("playground, one flag", f"{of}/playground?flag={key(flags // 2)}&{context}"),
        ("playground, flags × environments", f"{of}/playground?{context}"),
        ("playground, several values", f"{of}/playground?{matrix}"),
        ("playground, with one's drafts", f"{of}/playground?draft=true&{context}"),
        ("compare, every flag", f"{of}/compare?{sides}"), ("compare, its last page", f"{of}/compare?{sides}&page=999"),
        ("schedule", f"{of}/schedule"), ("schedule, a year ahead", f"{of}/schedule?days=366"),
        ("compare, one flag", f"{flag}/compare?{sides}"), ("audit ?what=segment, long rows", f"{of}/audit?what=segment"),
    ]
    return found + [(f"audit {query or '(first page)'}", f"{of}/audit{query}") for query in audits]


def past(data: Path, flags: int) -> list[tuple[str, str]]:
    """Pages of an earlier moment: a little while ago, and so long ago that every flag was changed since."""
    of, found = f"/p/{PROJECT}", []
    for name, at in ((f"{FEW} changes ago", since(data, "staging", FEW)), (f"{flags} changes ago", since(data, "staging", flags))):
        found += [
            (f"one flag, as of {name}", f"{of}/flags/{key(flags // 2)}/staging?at={at}"),
            (f"the one with the segment, as of {name}", f"{of}/flags/{ASKS}/staging?at={at}"),
            (f"staging brought back, {name}: preview", f"{of}/settings/environments/staging/revert?at={at}"),
        ]
    return found


def drafts(server: Server, data: Path) -> list[tuple[str, str]]:
    """A draft of 200 changes, made as people make it; and the list it is on."""
    revert = f"/p/{PROJECT}/settings/environments/staging/revert"
    answer = server.post(revert, {"_form": "bring-back", "at": since(data, "staging", FEW)})
    assert answer[0] == 303, f"the draft was answered with {answer[0]}"
    return [(f"a draft of {FEW} changes", answer[1]["location"]), ("drafts", f"/p/{PROJECT}/drafts")]


def measure(server: Server, name: str, times: int, ask, limit: float) -> str:
    """One line of the table. The first request is left out: it warms caches that a running server has warm."""
    ask(0)
    took, size = [], 0
    for number in range(times):
        status, _, content, milliseconds = ask(number + 1)
        assert status in (200, 303, 304), f"{name} was answered with {status}"
        took.append(milliseconds)
        size = len(content)
    median, worst = statistics.median(took), max(took)
    mark = " **over**" if median >= limit else ""
    return f"| {name.replace('|', ' ')} | {median:.1f} | {worst:.1f} | {limit:.0f}{mark} | {size / 1024:.0f} |"


def main():
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("--binary", default=os.environ.get("CARGO_TARGET_DIR", "target") + "/release/flagstaff")
    parse.add_argument("--flags", type=int, default=5000)
    parse.add_argument("--rows", type=int, default=100_000)
    parse.add_argument("--requests", type=int, default=20)
    parse.add_argument("--data", type=Path)
    wanted = parse.parse_args()
    temporary = None if wanted.data else tempfile.TemporaryDirectory()
    data = wanted.data or Path(temporary.name)
    data.mkdir(parents=True, exist_ok=True)
    imports = [] if (data / "flagstaff.db").exists() else build(wanted.binary, data, wanted.flags, wanted.rows)
    secret = run(wanted.binary, data, "key", "create", "--project", PROJECT, "--environment", "production",
                 "--kind", "server", "--name", "measure")[0].strip()
    server = Server(wanted.binary, data)
    at_start = server.memory_mib()
    server.sign_in()
    rows = audit_rows(data)
    print(f"{wanted.flags} flags in {len(ENVIRONMENTS)} environments, {rows} audit rows, {wanted.requests} requests each.\n")
    print("| page | median ms | worst ms | limit ms | KiB sent |\n|---|---|---|---|---|")
    for name, path in pages(wanted.flags, rows):
        print(measure(server, name, wanted.requests, lambda _, path=path: server.ask("GET", path), 50), flush=True)
    for name, path in past(data, wanted.flags) + drafts(server, data):
        print(measure(server, name, wanted.requests, lambda _, path=path: server.ask("GET", path), 100), flush=True)
    chosen = {"_form": "bulk-choose", "do": "add-tags", "add": "web", "flags": " ".join(f"{key(number)}@1" for number in range(FEW))}
    bulk = f"/p/{PROJECT}/bulk"
    print(measure(server, f"{FEW} flags at once, preview", wanted.requests, lambda _: server.post(bulk, chosen), 100), flush=True)
    switch = f"/p/{PROJECT}/flags/{key(wanted.flags // 2)}/development"
    fields = [{"_form": "switch", "enabled": enabled, "return_to": "/"} for enabled in ("true", "false")]
    print(measure(server, "a switch turned, published", wanted.requests, lambda n: server.post(switch, fields[n % 2]), 100))
    # Below, what has no limit of its own.
    bearer = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    bulk, context = "/ofrep/v1/evaluate/flags", '{"context": {"targetingKey": "user_1", "plan": "pro"}}'
    tag = server.ask("POST", bulk, context, bearer)[1]["etag"]
    none = 100_000
    print(measure(server, "every answer (OFREP)", wanted.requests, lambda _: server.ask("POST", bulk, context, bearer), none))
    again = {**bearer, "If-None-Match": tag}
    print(measure(server, "the same, not modified", wanted.requests, lambda _: server.ask("POST", bulk, context, again), none))
    for end in ("csv", "jsonl"):
        path = f"/p/{PROJECT}/audit.{end}"
        plain = {"Accept-Encoding": "identity"}
        print(measure(server, f"the whole audit as {end}", 1, lambda _: server.ask("GET", path, None, plain), none))
    in_use = server.memory_mib()
    server.stop()
    verified = run(wanted.binary, data, "verify-audit")[1]
    print(f"\nStart until ready: {server.start_seconds:.2f} s. Memory: {at_start:.0f} MiB at start, {in_use:.0f} MiB after all of this.")
    print(f"`verify-audit` of {rows} rows: {verified:.2f} s. Database: {(data / 'flagstaff.db').stat().st_size / 2**20:.0f} MiB.")
    if imports:
        first, later = imports[0][1], statistics.median(seconds for _, seconds in imports[1:])
        print(f"Import of {wanted.flags} new flags: {first:.1f} s; of {wanted.flags} changed ones: {later:.1f} s in the median of {len(imports) - 1}.")
    if temporary:
        temporary.cleanup()


if __name__ == "__main__":
    main()
