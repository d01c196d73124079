"""OpenFeature's Python provider, unmodified, against the running binary."""

import json
from datetime import datetime, timedelta, timezone

import pytest
from conftest import HERE, until
from openfeature import api
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode

CASES = json.loads((HERE / "cases.json").read_text())
USER = EvaluationContext("user_1")


@pytest.fixture(scope="module")
def connect(flagstaff, key):
    """Makes a client, each under a domain of its own, as two services in one program would."""
    made = []

    def client(secret: str = key, base_url: str = flagstaff.url, header: str = "Authorization"):
        value = f"Bearer {secret}" if header == "Authorization" else secret
        domain = f"test-{len(made)}"
        provider = OFREPProvider(base_url, headers_factory=lambda: {header: value})
        made.append(provider)
        api.set_provider_and_wait(provider, domain)
        return api.get_client(domain)

    yield client
    for provider in made:
        provider.session.close()
    api.clear_providers()


@pytest.fixture(scope="module")
def client(connect):
    # The first answer may be a moment behind the import and the new key.
    ready = connect()
    until(lambda: ready.get_boolean_details("sdk_static", False).error_code is None)
    return ready


def context(attributes: dict) -> EvaluationContext:
    rest = {name: value for name, value in attributes.items() if name != "targetingKey"}
    return EvaluationContext(attributes.get("targetingKey"), rest)


def ask(client, case: dict):
    where = context(case["context"])
    match case.get("type") or type(case["value"]).__name__:
        case "bool":
            return client.get_boolean_details(case["flag"], not case["value"], where)
        case "str":
            return client.get_string_details(case["flag"], "default", where)
        case "integer":
            return client.get_integer_details(case["flag"], -1, where)
        case "number":
            return client.get_float_details(case["flag"], -1.0, where)
        case "dict":
            return client.get_object_details(case["flag"], {}, where)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['flag']}-{json.dumps(case['context'])}")
def test_every_value_type_and_reason(client, case):
    details = ask(client, case)
    assert (details.error_code, details.error_message) == (None, None)
    assert (details.value, details.variant, details.reason) == (case["value"], case["variant"], case["reason"])
    assert type(details.value) is type(case["value"])
    assert details.flag_metadata.items() >= case.get("metadata", {}).items()


def test_an_unknown_flag_gives_the_default_and_says_so(client):
    details = client.get_boolean_details("never_made", True, USER)
    assert (details.value, details.error_code) == (True, ErrorCode.FLAG_NOT_FOUND)
    assert details.error_message


def test_the_wrong_type_gives_the_default(client):
    details = client.get_string_details("sdk_integer", "default", USER)
    assert (details.value, details.error_code) == ("default", ErrorCode.TYPE_MISMATCH)


@pytest.mark.parametrize("secret", ["", "nonsense", "fsk_server_0123456789abcdef"])
def test_a_wrong_key_gives_the_default(connect, client, secret):
    details = connect(secret).get_boolean_details("sdk_static", False, USER)
    assert (details.value, details.error_code, details.error_message) == (False, ErrorCode.GENERAL, "unauthorized")


def test_both_headers_mean_the_same(connect, client):
    assert connect(header="X-API-Key").get_boolean_value("sdk_static", False, USER) is True


def test_a_base_url_may_end_in_a_slash(connect, client, flagstaff):
    assert connect(base_url=f"{flagstaff.url}/").get_boolean_value("sdk_static", False, USER) is True


def test_one_attribute_changes_the_answer(client):
    for plan, expected in [("free", False), ("pro", True), ("free", False)]:
        assert client.get_boolean_value("sdk_rules", not expected, EvaluationContext("user_1", {"plan": plan})) is expected


def test_a_steps_moment_passes(client, flagstaff):
    start = datetime.now(timezone.utc) + timedelta(seconds=20)
    plan = {"start": start.isoformat(timespec="milliseconds"), "steps": [100], "every": "1d"}
    flagstaff.import_flags({"python_rollout": {"enabled": True, "rollout": plan}})

    def found():
        return client.get_boolean_details("python_rollout", True, USER).error_code is None

    until(found)
    assert client.get_boolean_value("python_rollout", True, USER) is False
    until(lambda: client.get_boolean_value("python_rollout", False, USER))
    assert datetime.now(timezone.utc) >= start


def test_a_change_by_the_command_line_is_seen(client, flagstaff):
    for enabled in [True, False, True]:
        flagstaff.import_flags({"python_live": {"enabled": enabled}})
        until(lambda: client.get_boolean_details("python_live", not enabled, USER).value is enabled)
