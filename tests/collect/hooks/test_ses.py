"""Amazon SES through SNS: who is believed, certificates fetched over a real TLS line, and what became of mails."""

import json
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.collect.door import NOW, Door
from tests.collect.hooks.sending import posts, properties, told
from waypost.collect.hooks import family
from waypost.collect.hooks.ses import ses
from waypost.collect.hooks.sns import AGAIN_AFTER, MOST_ASKED, MOST_BYTES, Sns, fetch

OURS = "0123456789abcdef0123456789abcdef"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:mail"
HOST = "https://sns.eu-west-1.amazonaws.com"
PLACE = f"{HOST}/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
CONFIRMS = f"{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336412f37"


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    del name
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


def certificate(name: str = "aws", *, days: int = 30, host: str = "sns.amazonaws.com") -> str:
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key(name).public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=60))
        .not_valid_after(NOW + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key(name), SHA256())
    )
    return made.public_bytes(Encoding.PEM).decode()


PASTED = f"{TOPIC}\n{certificate()}"


def notice(message: object = "", kind: str = "Notification", **more: object) -> dict[str, Any]:
    """A message of SNS, as its guide shows it, signed in its own body."""
    said: dict[str, Any] = {
        "Type": kind,
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Subject": "Amazon SES Email Event Notification",
        "Message": message if isinstance(message, str) else json.dumps(message),
        "Timestamp": "2026-06-03T11:59:00.000Z",
        "SignatureVersion": "2",
        "SigningCertURL": PLACE,
        "UnsubscribeURL": f"{HOST}/?Action=Unsubscribe&SubscriptionArn={TOPIC}:c9135db0",
        **more,
    }
    return {**said, "Signature": signature(said)}


def signature(said: Mapping[str, Any], name: str = "aws") -> str:
    names = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
    if said["Type"] != "Notification":
        names = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    text = "".join(f"{each}\n{said[each]}\n" for each in names if each in said).encode()
    digest = SHA1() if said["SignatureVersion"] == "1" else SHA256()  # noqa: S303 -- as SNS does by default
    return b64encode(key(name).sign(text, PKCS1v15(), digest)).decode()


def event(what: str, part: str, of: Mapping[str, object], **mail: object) -> dict[str, Any]:
    """An event of SES, as its examples show them."""
    known = {
        "timestamp": "2026-06-03T11:58:00.000Z",
        "source": "Waypost <hello@waypost.example>",
        "sendingAccountId": "123456789012",
        "messageId": "EXAMPLE7c191be45-e9aedb9a-02f9-4d12-a87d-dd0099a07f8a-000000",
        "destination": ["Ada@acme.example"],
        "headersTruncated": False,
        "headers": [{"name": "Message-ID", "value": f"<{OURS}@waypost.example>"}],
        "commonHeaders": {"messageId": f"<{OURS}@waypost.example>", "subject": "One step to go"},
        "tags": {"ses:configuration-set": ["ConfigSet"]},
    }
    at = {"timestamp": "2026-06-03T11:58:30.000Z"}
    return {"eventType": what, "mail": {**known, **mail}, part: {**at, **of}}


GONE = {
    "emailAddress": "ada@acme.example",
    "action": "failed",
    "status": "5.1.1",
    "diagnosticCode": "smtp; 550",
}
BOUNCE = {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": [GONE]}
COMPLAINT = {"complainedRecipients": [{"emailAddress": "ada@acme.example"}], "complaintFeedbackType": "abuse"}
EVENTS = [
    event("Delivery", "delivery", {"recipients": ["ada@acme.example"], "smtpResponse": "250 ok"}),
    event("Open", "open", {"ipAddress": "203.0.113.9", "userAgent": "Mozilla/5.0"}),
    event("Click", "click", {"link": "https://app.example/start"}),
    event("Bounce", "bounce", BOUNCE),
    event("Bounce", "bounce", {**BOUNCE, "bounceType": "Transient", "bounceSubType": "MailboxFull"}),
    event("Complaint", "complaint", COMPLAINT),
    event("Subscription", "subscription", {"newTopicPreferences": {"unsubscribeAll": True}}),
]
REAL = [notice(each) for each in EVENTS]


def sign(_body: bytes, _secret: str) -> Mapping[str, str]:
    return {"x-amz-sns-message-type": "Notification", "content-type": "text/plain; charset=UTF-8"}


def sent(door: Door, said: object) -> tuple[int, str]:
    answered = posts(door, "ses", said, sign(b"", ""))
    return answered.status, answered.said.get("code", "")


def test_what_became_of_mails(door: Door) -> None:
    door.signs(PASTED)
    for nr, each in enumerate(EVENTS):
        assert sent(door, notice(each, MessageId=f"m{nr}")) == (200, "")
    names = ["delivered", "opened", "clicked", "bounced", "failed", "complained", "unsubscribed"]
    events = door.events()
    assert told(events) == [("delivery", name, "ada@acme.example", None) for name in names]
    assert {properties(each)["waypost_id"] for each in events} == {OURS}
    first, _, clicked, bounced, *_ = map(properties, events)
    assert first["ses"]["mail"]["tags"] == {"ses:configuration-set": ["ConfigSet"]}
    assert (clicked["url"], bounced["reason"]) == ("https://app.example/start", "smtp; 550")
    assert events[0].event_id == "ses:m0:ada@acme.example"
    assert events[0].happened_at == NOW - timedelta(seconds=90)


def test_one_message_may_be_about_several(door: Door) -> None:
    door.signs(PASTED)
    both = [GONE, {**GONE, "emailAddress": "ben@acme.example"}]
    plain = event("Bounce", "bounce", {**BOUNCE, "bouncedRecipients": both}, headers=None, commonHeaders=None)
    assert sent(door, notice({"notificationType": plain.pop("eventType"), **plain})) == (200, "")
    assert [each.person_id for each in door.events()] == ["ada@acme.example", "ben@acme.example"]
    assert all("waypost_id" not in properties(each) for each in door.events())
    many = event("Open", "open", {}, destination=["ada@acme.example", "ben@acme.example"])
    for each in (many, event("Send", "send", {}), {"unknown": 1}, "no JSON"):
        assert sent(door, notice(each)) == (200, "")
    assert len(door.events()) == 2, "who of several has opened it is not known"


@pytest.mark.parametrize("version", ["1", "2"])
def test_both_versions_of_the_signature_are_known(door: Door, version: str) -> None:
    door.signs(PASTED)
    assert sent(door, notice(EVENTS[0], SignatureVersion=version)) == (200, "")
    without = notice(EVENTS[0], SignatureVersion=version)
    del without["Subject"]
    assert sent(door, {**without, "Signature": signature(without)}) == (200, "")


def test_only_what_is_signed_is_heard(door: Door) -> None:
    right = notice(EVENTS[0])
    assert sent(door, right) == (401, "no_secret")
    door.signs(PASTED)
    elsewhere = "arn:aws:sns:eu-west-1:210987654321:mail"
    wrong: list[object] = [
        {**right, "Message": json.dumps(EVENTS[5])},
        {**right, "Signature": signature(right, "another")},
        {**right, "Signature": "no base64!"},
        {**right, "SignatureVersion": "3"},
        {**right, "Type": "Other"},
        {name: value for name, value in right.items() if name != "Signature"},
        notice(EVENTS[0], TopicArn=elsewhere),
        notice(
            EVENTS[0],
            SigningCertURL="https://sns.eu-west-1.amazonaws.com.example/SimpleNotificationService-0.pem",
        ),
        notice(EVENTS[0], SigningCertURL=PLACE.replace("https", "http")),
        notice(EVENTS[0], SigningCertURL=PLACE.replace("eu-west-1", "us-east-1")),
        EVENTS[0],
        [],
    ]
    assert [sent(door, each) for each in wrong] == [(401, "wrong_signature")] * len(wrong)
    door.signs(f"{TOPIC}\n{certificate(days=-1)}")
    assert sent(door, right) == (401, "wrong_signature"), "the certificate is over"
    assert door.events() == []
    assert door.refusals() == {"no_secret": 1, "wrong_signature": len(wrong) + 1}


class Outside:
    """What stands at addresses of AWS; each is noted when it was asked for."""

    def __init__(self, there: Mapping[str, str]) -> None:
        self.there = there
        self.asked: list[str] = []

    def __call__(self, url: str) -> bytes:
        self.asked.append(url)
        if url not in self.there:
            raise OSError("not there")
        return self.there[url].encode()


def _done() -> None:
    for each in threading.enumerate():
        if each.name == "sns":
            each.join(5)


@pytest.fixture
def hears(door: Door, monkeypatch: pytest.MonkeyPatch) -> Callable[[Outside], Door]:
    def with_(outside: Outside) -> Door:
        monkeypatch.setitem(family.HOOKS, "ses", ses(Sns(outside)))
        door.signs(TOPIC)
        return door

    return with_


def test_a_certificate_is_fetched_once_and_the_message_comes_again(hears: Callable[[Outside], Door]) -> None:
    outside = Outside({PLACE: certificate()})
    door = hears(outside)
    assert sent(door, notice(EVENTS[0])) == (503, "no_certificate")
    _done()
    assert [sent(door, notice(each)) for each in EVENTS] == [(200, "")] * len(EVENTS)
    assert outside.asked == [PLACE]
    assert door.refusals() == {"no_certificate": 1}


def test_who_makes_addresses_up_does_not_keep_us_busy(hears: Callable[[Outside], Door]) -> None:
    outside = Outside({})
    door = hears(outside)
    for nr in range(2 * MOST_ASKED):
        made_up = notice(EVENTS[0], SigningCertURL=PLACE.replace("0123", f"{nr:04}"))
        assert [sent(door, made_up) for _ in range(2)] == [(503, "no_certificate")] * 2
    _done()
    assert len(outside.asked) == MOST_ASKED
    outside.there = {PLACE: "no certificate"}
    door.now = NOW + AGAIN_AFTER
    assert sent(door, notice(EVENTS[0])) == (503, "no_certificate")
    _done()
    assert outside.asked[MOST_ASKED:] == [PLACE]


@pytest.mark.parametrize(
    ("url", "visited"),
    [(CONFIRMS, True), (CONFIRMS.replace("eu-west-1.", "evil."), False), ("file:///0", False)],
)
def test_a_subscription_is_confirmed_where_its_topic_is(
    hears: Callable[[Outside], Door], url: str, *, visited: bool
) -> None:
    outside = Outside({PLACE: certificate()})
    door = hears(outside)
    asks = notice(
        "You have chosen to subscribe", "SubscriptionConfirmation", SubscribeURL=url, Token="2336412f37"
    )
    assert sent(door, asks)[0] == 503
    _done()
    assert sent(door, {**asks, "Token": "another"}) == (401, "wrong_signature")
    assert sent(door, asks) == (200, "")
    _done()
    assert outside.asked == [PLACE, *([url] if visited else [])]
    assert door.events() == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    message=some.recursive(some.none() | some.text() | some.integers(), some.lists, max_leaves=5),
    at=some.data(),
)
def test_whatever_a_signed_message_says_the_door_stands(
    door: Door, message: object, at: some.DataObject
) -> None:
    door.signs(PASTED)
    said = dict(at.draw(some.sampled_from(EVENTS)))
    said[at.draw(some.sampled_from(sorted(said)))] = message
    assert sent(door, notice(said)) == (200, "")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, ssl.SSLContext]]:
    """An HTTPS server on this machine, and what trusts it."""
    (tmp_path / "cert.pem").write_text(certificate(days=9_999, host="127.0.0.1"))
    written = key("aws").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(written)

    class Serves(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response({"/moved": 302, "/gone": 404}.get(self.path, 200))
            self.send_header("location", "/there")
            self.end_headers()
            self.wfile.write(b"x" * (2 * MOST_BYTES if self.path == "/large" else 5))

        def log_message(self, *_said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Serves)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield (
        f"https://127.0.0.1:{server.server_port}",
        ssl.create_default_context(cafile=str(tmp_path / "cert.pem")),
    )
    server.shutdown()
    server.server_close()


def test_what_is_fetched_comes_encrypted_and_from_nowhere_else(served: tuple[str, ssl.SSLContext]) -> None:
    host, trusting = served
    assert fetch(f"{host}/there", trusting) == b"xxxxx"
    assert len(fetch(f"{host}/large", trusting)) == MOST_BYTES
    for url, context in (
        (f"{host}/moved", trusting),
        (f"{host}/gone", trusting),
        (f"{host}/there", None),
        (f"{host.replace('https', 'http')}/there", trusting),
        ("file:///0", trusting),
    ):
        with pytest.raises(OSError):  # noqa: PT011 -- whatever went wrong
            fetch(url, context)
