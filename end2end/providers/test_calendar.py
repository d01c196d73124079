"""The schedule's calendar, read by a parser that is not ours."""

import html
import re
from datetime import datetime, timedelta, timezone

import pytest
import requests
from icalendar import Calendar

PERSON = {"email": "cal@example.com", "name": "Cal, the \"tester\"", "password": "twelve amber stones"}
PLAN_START = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=2)


@pytest.fixture(scope="module")
def address(flagstaff):
    """The address of somebody's calendar, as their page shows it once."""
    flagstaff.ok(
        "user", "create", "--email", PERSON["email"], "--name", PERSON["name"], "--role", "viewer", "--project", "demo",
        "--password-stdin", stdin=PERSON["password"],
    )
    plan = {"start": PLAN_START.isoformat(), "steps": [10, 100], "every": "1d"}
    flagstaff.import_flags({"python_calendar": {"enabled": True, "rollout": plan, "expires": "2099-01-01"}})
    with requests.Session() as session:
        signed_in = session.post(f"{flagstaff.url}/login", data={name: PERSON[name] for name in ["email", "password"]})
        assert signed_in.status_code == 200
        page = session.post(f"{flagstaff.url}/p/demo/schedule", data={"_form": "make-calendar"})
    return html.unescape(re.search(r"http://[^\s<\"]+/schedule\.ics\?token=[0-9a-f]{64}", page.text)[0])


def read(address: str) -> Calendar:
    answer = requests.get(address, timeout=5)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    return Calendar.from_ical(answer.content)


def test_every_event_is_whole(address):
    calendar = read(address)
    assert (calendar["VERSION"], calendar["METHOD"], calendar["CALSCALE"]) == ("2.0", "PUBLISH", "GREGORIAN")
    assert calendar["X-WR-CALNAME"] == "Demo shop: flags"
    events = calendar.walk("VEVENT")
    assert not calendar.errors and not any(event.errors for event in events)
    assert len(events) > 5
    for event in events:
        assert event["DTSTAMP"].dt.utcoffset() == timedelta(0)
        assert event["DTSTART"].dt > datetime.now(timezone.utc) - timedelta(minutes=1)
        assert event["DTEND"].dt > event["DTSTART"].dt
        assert str(event["URL"]).startswith("http://127.0.0.1:")
        assert str(event["SUMMARY"])
    moments = [event["DTSTART"].dt for event in events]
    assert moments == sorted(moments)


def test_a_plan_is_there_to_the_second(address):
    steps = [event for event in read(address).walk("VEVENT") if "python_calendar" in str(event["SUMMARY"])]
    found = [(event["DTSTART"].dt, str(event["SUMMARY"])) for event in steps]
    assert found == [
        (PLAN_START, "python_calendar: 10 % get on (step 1 of 2) [production]"),
        (PLAN_START + timedelta(days=1), "python_calendar: 100 % get on (step 2 of 2) [production]"),
    ]


def test_events_keep_their_identity(address):
    uids = [str(event["UID"]) for event in read(address).walk("VEVENT")]
    assert len(set(uids)) == len(uids)
    assert [str(event["UID"]) for event in read(address).walk("VEVENT")] == uids
