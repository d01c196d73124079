"""One flag and twenty contexts, answered alike by every way of asking; here by the Python provider, and worked out by hand."""

import hashlib
import json

import pytest
from conftest import DEMO, ROOT, until
from openfeature import api
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext

FOLDER = ROOT / "tests" / "agreement"
CASES = json.loads((FOLDER / "contexts.json").read_text())
FLAG = "shop_launch"


def by_hand(context: dict) -> tuple[str, str]:
    """What a person reads out of the rules with paper and pencil."""
    staff = context.get("email", "").endswith("@shop.example")
    paying = context.get("plan") in ("pro", "enterprise") and context.get("country") == "US"
    if staff or paying or is_new(context.get("app", "")):
        return "on", "TARGETING_MATCH"
    company = context.get("companyId")
    if company is None:
        return "off", "DEFAULT"
    digest = hashlib.md5(f"{FLAG}:{company}".encode()).digest()
    bucket = int.from_bytes(digest[:2], "big") % 100 * 100 + int.from_bytes(digest[2:4], "big") % 100
    return ("on" if bucket < 1250 else "off"), "SPLIT"


def is_new(version: str) -> bool:
    """At least 2.3.0; no pre-release is in the table."""
    parts = version.split(".")
    return all(part.isdigit() for part in parts) and [int(part) for part in parts] >= [2, 3]


@pytest.fixture(scope="module")
def client(flagstaff, key):
    flagstaff.ok("import", *DEMO, FOLDER / "flag.json")
    provider = OFREPProvider(flagstaff.url, headers_factory=lambda: {"Authorization": f"Bearer {key}"})
    api.set_provider_and_wait(provider, "agreement")
    made = api.get_client("agreement")
    # The first answer may be a moment behind the import and the new key.
    until(lambda: made.get_boolean_details(FLAG, False).error_code is None)
    yield made
    provider.session.close()
    api.clear_providers()


def test_there_are_twenty():
    assert len(CASES) == 20


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_provider_agrees(client, case):
    expected = (case["variant"], case["reason"])
    assert by_hand(case["context"]) == expected
    rest = {name: value for name, value in case["context"].items() if name != "targetingKey"}
    details = client.get_boolean_details(FLAG, case["variant"] == "off", EvaluationContext(case["context"].get("targetingKey"), rest))
    assert (details.error_code, details.error_message) == (None, None)
    assert (details.variant, details.reason) == expected
    assert details.value is (case["variant"] == "on")
