"""Whatever is sent to a vendor's address, the door stands: rightly signed, so that the reading itself is reached."""

import inspect
import json
import sys
from collections.abc import Iterator, Sequence
from functools import cache, partial
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.collect.door import Door
from tests.collect.hooks import (
    test_customerio,
    test_freshdesk,
    test_hubspot,
    test_intercom,
    test_jira,
    test_mailgun,
    test_postmark,
    test_salesforce,
    test_segment,
    test_sendgrid,
    test_ses,
    test_stripe,
    test_surveys,
    test_zendesk,
)
from tests.collect.hooks.sending import SECRET, Sign
from tests.collect.hostile import bodies, survives
from waypost.collect.hooks.family import HOOKS


def _unsigned(_body: bytes, secret: str) -> dict[str, str]:
    return {"X-Waypost-Secret": secret}


VENDORS: dict[str, tuple[Sequence[object], Sign]] = {
    "zendesk": (test_zendesk.REAL, test_zendesk.sign),
    "intercom": (test_intercom.REAL, test_intercom.sign),
    "freshdesk": (test_freshdesk.REAL, _unsigned),
    "jira": (test_jira.REAL, test_jira.sign),
    "stripe": (test_stripe.REAL, test_stripe.sign),
    "delighted": (test_surveys.DELIGHTED, test_surveys.by_delighted),
    "typeform": (test_surveys.TYPEFORM, test_surveys.by_typeform),
    "postmark": (test_postmark.REAL, _unsigned),
    "mailgun": (test_mailgun.REAL, test_mailgun.sign),
    "sendgrid": (test_sendgrid.REAL, test_sendgrid.sign),
    "ses": (test_ses.REAL, test_ses.sign),
    "hubspot": (test_hubspot.REAL, test_hubspot.sign),
    "salesforce": (test_salesforce.REAL, test_salesforce.sign),
    "surveymonkey": (test_surveys.SURVEYMONKEY, test_surveys.by_surveymonkey),
    "qualtrics": (test_surveys.QUALTRICS, _unsigned),
    "segment": (test_segment.REAL, test_segment.sign),
    "customerio": (test_customerio.REAL, test_customerio.sign),
}
#: What is no text that both sides know.
SECRETS = {"sendgrid": test_sendgrid.PUBLIC, "ses": test_ses.PASTED}


@cache
def _bodies(vendor: str) -> some.SearchStrategy[bytes]:
    return bodies(VENDORS[vendor][0])


def test_every_vendor_is_among_them() -> None:
    assert VENDORS.keys() == HOOKS.keys()


@pytest.mark.parametrize("vendor", VENDORS)
def test_whatever_is_sent_the_door_stands(door: Door, vendor: str) -> None:
    door.signs(SECRETS.get(vendor, SECRET))
    sign = VENDORS[vendor][1]
    if vendor == "hubspot":
        # It signs the address, too.
        sign = partial(test_hubspot.sign, key=door.key)

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(body=_bodies(vendor), form=some.booleans())
    def stands(body: bytes, form: bool) -> None:  # noqa: FBT001 -- hypothesis hands it in
        headers = {
            **sign(body, SECRET),
            **({"content-type": "application/x-www-form-urlencoded"} if form else {}),
        }
        survives(door, "POST", f"/in/hooks/{vendor}/{door.key}", body, headers=headers)
        survives(door, "POST", f"/in/hooks/{vendor}/%ff", body)

    stands()


@pytest.fixture
def few_frames() -> Iterator[ModuleType]:
    """A worker's interpreter goes less deep than that of the tests."""
    before = sys.getrecursionlimit()
    yield sys
    sys.setrecursionlimit(before)


def test_messages_that_cannot_be_read_cost_themselves(door: Door, few_frames: ModuleType) -> None:
    deep = b'{"event":"opened","ticket_id":"1","email":"a@b.c","a":' + b"[" * 390 + b"]" * 390 + b"}"
    body = (
        b"["
        + b",".join([b'{"event":1e999}', deep, b'{"event":"solved","ticket_id":"1","email":"a@b.c"}'])
        + b"]"
    )
    few_frames.setrecursionlimit(len(inspect.stack(0)) + 300)
    for each, status in (
        (body, 200),
        (b"nothing", 400),
        (json.dumps([{"event": "x"}] * 2_501).encode(), 200),
    ):
        assert door.ask("POST", f"/in/hooks/freshdesk/{door.key}", pieces=[each]).status == status
    assert [each.name for each in door.events()] == ["solved"]
    assert door.refusals() == {"bad_json": 1, "bad_body": 1, "too_many": 1, "too_deep": 1}
