"""Amazon SNS: how its messages are signed, and whose certificate is believed.

A certificate comes from the region's own host over HTTPS, once, in a thread of its own: until it is there the message
is refused for now, and SNS sends it again. Whoever lets a collector reach nothing pastes the certificate beside the
topic, and then nothing is ever fetched.
"""

import binascii
import re
import ssl
import threading
from base64 import b64decode
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from http.client import HTTPException
from urllib.request import HTTPSHandler, OpenerDirector
from urllib.request import Request as Asked

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509 import Certificate, load_pem_x509_certificate

from waypost.collect.hooks.saying import dig
from waypost.collect.refusals import TurnedAway
from waypost.collect.request import Request

TIMEOUT_S = 10.0
MOST_BYTES = 64 * 1024
#: So many certificates are known at once; there is one for each region and year.
MOST_KNOWN = 50
#: An address is asked again after so long, and only so many within it: whoever makes them up must not keep us busy.
AGAIN_AFTER = timedelta(seconds=30)
MOST_ASKED = 5
_NOTICE = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_FIELDS = {
    "Notification": _NOTICE,
    "SubscriptionConfirmation": _CONFIRMATION,
    "UnsubscribeConfirmation": _CONFIRMATION,
}
_DIGESTS: dict[str, type[SHA1] | type[SHA256]] = {"1": SHA1, "2": SHA256}
_TOPIC = re.compile(r"arn:aws(?:-[a-z-]+)?:sns:(?P<region>[a-z0-9-]+):\d+:[\w.-]+")
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_PLACE = re.compile(r"https://(?P<host>[a-z0-9.-]+)/SimpleNotificationService-[0-9a-zA-Z]+\.pem")
_VISIT = re.compile(r"https://(?P<host>[a-z0-9.-]+)/\?Action=ConfirmSubscription&[\w=&:%.-]+")

Fetch = Callable[[str], bytes]


def fetch(url: str, context: ssl.SSLContext | None = None) -> bytes:
    """Return what stands at an address, over HTTPS alone and never elsewhere. Raises OSError or HTTPException."""
    # With no other handler it knows no other scheme and follows no redirect.
    opener = OpenerDirector()
    opener.add_handler(HTTPSHandler(context=context or ssl.create_default_context()))
    answer = opener.open(Asked(url), timeout=TIMEOUT_S)  # noqa: S310 -- the opener knows no other scheme
    if answer is None or answer.status != HTTPStatus.OK:
        raise OSError(f"the host answered {getattr(answer, 'status', 'nothing')}")
    with answer:
        found: bytes = answer.read(MOST_BYTES)
    return found


class Sns:
    """Judges messages of SNS, and confirms subscriptions of the topics that a source's secret names."""

    def __init__(self, fetch: Fetch = fetch) -> None:
        """Get certificates and confirm by `fetch`."""
        self._fetch = fetch
        self._known: dict[str, Certificate] = {}
        self._asked: dict[str, datetime] = {}

    def signed(self, request: Request, secrets: Sequence[str]) -> TurnedAway | None:
        """Judge the signature in the body; the secret is the topic's ARN, and certificates if none is to be fetched."""
        body = _object(request.body)
        fields, digest = _FIELDS.get(_text(body, "Type")), _DIGESTS.get(_text(body, "SignatureVersion"))
        topic = _text(body, "TopicArn")
        if not fields or not digest or topic not in secrets or not _TOPIC.fullmatch(topic):
            return TurnedAway.WRONG_SIGNATURE
        try:
            signature = b64decode(_text(body, "Signature"), validate=True)
        except (binascii.Error, ValueError):
            return TurnedAway.WRONG_SIGNATURE
        certificates = self._certificates(body, topic, secrets, request.received_at)
        if certificates is None:
            return TurnedAway.NO_CERTIFICATE
        text = "".join(f"{name}\n{_text(body, name)}\n" for name in fields if dig(body, name) is not None)
        # What no UTF-8 can hold was never signed.
        made = any(
            _holds(each, request.received_at)
            and _made(each, signature, text.encode(errors="replace"), digest())
            for each in certificates
        )
        return None if made else TurnedAway.WRONG_SIGNATURE

    def confirm(self, topic: str, url: str) -> None:
        """Visit the address that confirms a subscription, of a message that was judged before."""
        at = _VISIT.fullmatch(url)
        if at and at["host"] == _host(topic):
            self._beside(url, lambda _answer: None)

    def _certificates(
        self, body: object, topic: str, secrets: Sequence[str], now: datetime
    ) -> list[Certificate] | None:
        """Return whose signature would count; None while it is being fetched."""
        at = _PLACE.fullmatch(url := _text(body, "SigningCertURL"))
        if at is None or at["host"] != _host(topic):
            return []
        if pasted := _PEM.findall("\n".join(secrets)):
            return [read for each in pasted if (read := _read(each.encode()))]
        known = self._known.get(url)
        if known and _holds(known, now):
            return [known]
        self._learn(url, now)
        return None

    def _learn(self, url: str, now: datetime) -> None:
        self._asked = {each: at for each, at in self._asked.items() if now - at < AGAIN_AFTER}
        if url in self._asked or len(self._asked) >= MOST_ASKED:
            return
        self._asked[url] = now

        def keep(answer: bytes) -> None:
            if certificate := _read(answer):
                while len(self._known) >= MOST_KNOWN:
                    self._known.pop(next(iter(self._known)))
                self._known[url] = certificate

        self._beside(url, keep)

    def _beside(self, url: str, then: Callable[[bytes], None]) -> None:
        """Fetch in a thread: requests that come meanwhile must not wait for another's host."""

        def run() -> None:
            try:
                then(self._fetch(url))
            except (OSError, HTTPException):
                # SNS sends what was not taken again, and so it is tried again.
                return

        threading.Thread(target=run, name="sns", daemon=True).start()


def _object(body: bytes) -> object:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _text(body: object, name: str) -> str:
    value = dig(body, name)
    return value if isinstance(value, str) else ""


def _host(topic: str) -> str:
    at = _TOPIC.fullmatch(topic)
    region = at["region"] if at else ""
    return f"sns.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"


def _read(written: bytes) -> Certificate | None:
    try:
        return load_pem_x509_certificate(written)
    except ValueError:
        return None


def _holds(certificate: Certificate, now: datetime) -> bool:
    return certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc


def _made(certificate: Certificate, signature: bytes, text: bytes, digest: SHA1 | SHA256) -> bool:
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        return False
    try:
        key.verify(signature, text, PKCS1v15(), digest)
    except InvalidSignature:
        return False
    return True
