import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.collect.door import NOW, Door
from tests.collect.hooks.sending import SECRET, posts, properties, told

OURS = "0123456789abcdef0123456789abcdef"
T = int(NOW.timestamp())
KEY = ec.derive_private_key(0x0F1E2D3C, ec.SECP256R1())


def public(key: ec.EllipticCurvePrivateKey) -> str:
    return b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


PUBLIC = public(KEY)


def sign(
    body: bytes, _secret: str = "", at: object = T, key: ec.EllipticCurvePrivateKey = KEY
) -> Mapping[str, str]:
    made = key.sign(f"{at}".encode() + body, ec.ECDSA(SHA256()))
    return {
        "X-Twilio-Email-Event-Webhook-Signature": b64encode(made).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": str(at),
    }


def event(what: str, nr: int = 1, **more: object) -> dict[str, Any]:
    """An event of SendGrid's, as its reference shows each; a custom argument stands beside its own fields."""
    known = {
        "email": "Ada@acme.example",
        "timestamp": T - 60,
        "smtp-id": "<14c5d75ce93.dfd.64b469@ismtpd-555>",
        "event": what,
        "category": ["onboarding"],
        "sg_event_id": f"ZGVsaXZlcmVkLTA-{nr}",
        "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",
    }
    return {**known, **more}


EVENTS = [
    event("processed", 1),
    event("deferred", 2, response="400 try again later", attempt="5"),
    event("delivered", 3, response="250 OK", waypost_id=OURS),
    event("open", 4, useragent="Mozilla/4.0", ip="203.0.113.9", sg_machine_open=False),
    event("click", 5, url="https://app.example/start", url_offset={"index": 0, "type": "html"}),
    event("bounce", 6, type="bounce", status="5.0.0", reason="500 unknown recipient"),
    event("bounce", 7, type="blocked", status="5.7.1", reason="554 refused"),
    event("dropped", 8, reason="Unsubscribed Address", status="5.0.0"),
    event("dropped", 9, reason="Bounced Address"),
    event("dropped", 10, reason="Recipient List over Package Quota"),
    event("spamreport", 11),
    event("unsubscribe", 12),
    event("group_unsubscribe", 13, asm_group_id=10),
    event("group_resubscribe", 14, asm_group_id=10),
]
REAL = [EVENTS]


def test_what_became_of_mails(door: Door) -> None:
    door.signs(PUBLIC)
    # As they send it: a line each, with an end that belongs to what is signed.
    body = b"[" + b",\r\n".join(json.dumps(each).encode() for each in EVENTS) + b"]\r\n"
    assert posts(door, "sendgrid", body, sign(body)).status == 200
    names = "delivered opened clicked bounced failed unsubscribed bounced failed complained unsubscribed unsubscribed"
    events = door.events()
    assert told(events) == [("delivery", name, "ada@acme.example", None) for name in names.split()]
    first, opened, clicked, bounced, *_ = map(properties, events)
    assert (first["waypost_id"], "waypost_id" in opened) == (OURS, False)
    assert clicked["url"] == "https://app.example/start"
    assert bounced["reason"] == "500 unknown recipient"
    assert opened["sendgrid"]["sg_machine_open"] is False, "what is not understood is kept"
    assert events[0].happened_at == NOW - timedelta(seconds=60)
    assert events[0].event_id == "sendgrid:ZGVsaXZlcmVkLTA-3"


def test_only_what_is_signed_is_heard(door: Door) -> None:
    body = json.dumps(EVENTS).encode()
    assert posts(door, "sendgrid", body, sign(body)).said["code"] == "no_secret"
    door.signs(f"{SECRET}\n{PUBLIC}")
    other = ec.derive_private_key(0x0BADCAFE, ec.SECP256R1())
    for sent, headers in (
        (body, {}),
        (body + b" ", sign(body)),
        (body, sign(body, key=other)),
        (body, {**sign(body), "X-Twilio-Email-Event-Webhook-Timestamp": str(T - 1)}),
        (body, {**sign(body), "X-Twilio-Email-Event-Webhook-Signature": "no base64!"}),
    ):
        answered = posts(door, "sendgrid", sent, headers)
        assert (answered.status, answered.said["code"]) == (401, "wrong_signature")
    assert door.events() == []
    assert door.refusals() == {"no_secret": 1, "wrong_signature": 5}
    door.signs(f"{public(other)}\n{PUBLIC}")
    assert posts(door, "sendgrid", body, sign(body)).status == 200
    assert posts(door, "sendgrid", body, sign(body, key=other)).status == 200


@pytest.mark.parametrize("hours", [-27, 27])
def test_what_was_signed_long_ago_is_refused(door: Door, hours: int) -> None:
    door.signs(PUBLIC)
    body = json.dumps(EVENTS).encode()
    stamped = sign(body, at=T + hours * 3_600)
    assert posts(door, "sendgrid", body, stamped).said["code"] == "stale_signature"
    assert posts(door, "sendgrid", body, sign(body, at=T - 24 * 3_600)).status == 200


def test_a_key_of_another_sort_signs_nothing(door: Door) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 -- for this alone

    other = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    door.signs(b64encode(other.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode())
    assert posts(door, "sendgrid", b"[]", sign(b"[]")).said["code"] == "wrong_signature"
