import base64
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from standardwebhooks import Webhook

from tests.intervene.receivers import Hook, free_port
from waypost.core import DeliveryError
from waypost.intervene import Message, WebhookChannel, WebhookSigning
from waypost.intervene.channels import AddressGoneError
from waypost.intervene.channels.webhook import _all_public
from waypost.store import SuppressedBy

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()


def now() -> datetime:
    """The real time, since the receiver's library compares with its own clock."""
    return datetime.now(UTC)


def a_message(url: str) -> Message:
    content = {"type": "person.strayed", "timestamp": "2026-11-04T12:00:00+00:00", "data": {"name": "Zoë"}}
    return Message(intervention_id="i1", address=url, content=content)


@pytest.fixture
def channel() -> WebhookChannel:
    return WebhookChannel(WebhookSigning(secret=SECRET, allow_private=True, timeout_s=5.0))


def test_the_receiver_can_verify_what_arrives(channel: WebhookChannel, hook: Hook) -> None:
    assert channel.deliver(a_message(f"{hook.url}/in?team=1"), now()).said == "204"
    ((path, headers, body),) = hook.requests
    assert path == "/in?team=1"
    assert headers["content-type"] == "application/json"
    assert headers["host"] == hook.url.removeprefix("http://")
    verified = Webhook(SECRET).verify(body, headers)
    assert verified == json.loads(body) == dict(a_message("").content)
    assert headers["webhook-id"] == "i1"


def test_a_redirect_is_not_followed(channel: WebhookChannel, hook: Hook) -> None:
    hook.status, hook.headers = 302, {"location": f"{hook.url}/elsewhere"}
    with pytest.raises(DeliveryError, match="answered 302") as refused:
        channel.deliver(a_message(f"{hook.url}/in"), now())
    assert refused.value.permanent
    assert len(hook.requests) == 1


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
def test_a_busy_receiver_is_asked_again(channel: WebhookChannel, hook: Hook, status: int) -> None:
    hook.status = status
    with pytest.raises(DeliveryError) as refused:
        channel.deliver(a_message(hook.url), now())
    assert not refused.value.permanent
    assert refused.value.retry_after_s is None


@pytest.mark.parametrize("status", [400, 401, 404, 422])
def test_a_message_that_is_wrong_is_not_sent_again(channel: WebhookChannel, hook: Hook, status: int) -> None:
    hook.status = status
    with pytest.raises(DeliveryError) as refused:
        channel.deliver(a_message(hook.url), now())
    assert refused.value.permanent


def test_we_wait_as_long_as_the_receiver_says(channel: WebhookChannel, hook: Hook) -> None:
    at = now()
    later = format_datetime(at + timedelta(seconds=90), usegmt=True)
    for said, wait_s in (("120", 120), (later, 90), ("999999999", 86_400), ("soon", None), ("-5", None)):
        hook.status, hook.headers = 503, {"retry-after": said}
        with pytest.raises(DeliveryError) as refused:
            channel.deliver(a_message(hook.url), at)
        assert refused.value.retry_after_s == (wait_s and pytest.approx(wait_s, abs=1))


def test_a_receiver_that_is_gone_says_so(channel: WebhookChannel, hook: Hook) -> None:
    hook.status = 410
    with pytest.raises(AddressGoneError) as gone:
        channel.deliver(a_message(hook.url), now())
    assert gone.value.reason is SuppressedBy.GONE


def test_a_receiver_that_is_down_is_asked_again(channel: WebhookChannel) -> None:
    with pytest.raises(DeliveryError, match=r"127\.0\.0\.1 did not answer") as refused:
        channel.deliver(a_message(f"http://127.0.0.1:{free_port()}/"), now())
    assert not refused.value.permanent


def test_a_receiver_that_speaks_no_tls_is_asked_again(channel: WebhookChannel, hook: Hook) -> None:
    with pytest.raises(DeliveryError, match="did not answer") as refused:
        channel.deliver(a_message(hook.url.replace("http:", "https:")), now())
    assert not refused.value.permanent


def test_the_own_network_is_not_for_webhooks_unless_allowed(hook: Hook) -> None:
    careful = WebhookChannel(WebhookSigning(secret=SECRET))
    for url in (hook.url, hook.url.replace("127.0.0.1", "localhost")):
        with pytest.raises(DeliveryError, match=r"webhooks\.allow_private") as refused:
            careful.deliver(a_message(url), now())
        assert refused.value.permanent
    assert hook.requests == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 -- an address, not a place to listen
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
    ],
)
def test_addresses_of_the_own_network_are_told_apart(address: str, *, public: bool) -> None:
    assert _all_public([address]) is public
    assert not _all_public(["93.184.215.14", "127.0.0.1"])


@pytest.mark.parametrize("url", ["http://127.0.0.1:notaport/", "gopher://127.0.0.1/"])
def test_an_address_that_is_none_fails_for_good(channel: WebhookChannel, url: str) -> None:
    with pytest.raises(DeliveryError, match="correct the play") as refused:
        channel.deliver(a_message(url), now())
    assert refused.value.permanent


def test_a_name_that_nobody_knows_is_asked_again(channel: WebhookChannel) -> None:
    with pytest.raises(DeliveryError, match="is not known") as refused:
        channel.deliver(a_message("https://nowhere.invalid/"), now())
    assert not refused.value.permanent


def test_the_secret_is_not_shown() -> None:
    assert SECRET not in repr(WebhookSigning(secret=SECRET))
