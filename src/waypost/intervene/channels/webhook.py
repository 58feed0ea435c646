"""Webhooks in the form of Standard Webhooks: signed, timed, and the same id over retries."""

import ipaddress
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urlsplit

import msgspec
import urllib3
from standardwebhooks import Webhook

from waypost.core import DeliveryError
from waypost.intervene.channels.contract import AddressGoneError, Delivered, Message
from waypost.store import SuppressedBy

_PORTS = {"http": 80, "https": 443}
# Receivers that are busy or down; anything else that is not a 2xx means the message itself is wrong.
_TRY_AGAIN = frozenset({408, 409, 425, 429, *range(500, 600)})
_LONGEST_WAIT_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSigning:
    """How webhooks leave: `secret` is `whsec_` and base64; `allow_private` lets them go to the own network."""

    secret: str = field(repr=False)
    allow_private: bool = False
    timeout_s: float = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: int
    retry_after: str | None


class WebhookChannel:
    """Posts a signed message and follows no redirects."""

    def __init__(self, signing: WebhookSigning) -> None:
        """Sign with the workspace's secret."""
        self._signing = signing
        self._webhook = Webhook(signing.secret)

    def deliver(self, message: Message, now: datetime) -> Delivered:
        """Post one message; raises DeliveryError unless the receiver answers with a 2xx."""
        body = msgspec.json.encode(message.content).decode()
        headers = {
            "content-type": "application/json",
            "user-agent": "Waypost",
            "webhook-id": message.intervention_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._webhook.sign(message.intervention_id, now.astimezone(UTC), body),
        }
        answer = self._post(message.address, body.encode(), headers)
        if not _is_taken(answer.status):
            raise _refused(answer, now)
        return Delivered(said=str(answer.status))

    def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> _Answer:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        except (ValueError, KeyError):
            raise DeliveryError(
                "the receiver's address is not one; correct the play", permanent=True
            ) from None
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = {**headers, "host": parts.netloc.rpartition("@")[2]}
        pool = self._pool(parts.scheme, host, port)
        try:
            answer = pool.urlopen(
                "POST", target, body, sent, retries=False, redirect=False, preload_content=False
            )
        except urllib3.exceptions.HTTPError as error:
            raise DeliveryError(f"{host} did not answer ({type(error).__name__})", permanent=False) from None
        else:
            # Only the first line and the headers matter, and a receiver may send without end.
            answer.close()
            return _Answer(status=answer.status, retry_after=answer.headers.get("retry-after"))
        finally:
            pool.close()

    def _pool(self, scheme: str, host: str, port: int) -> urllib3.HTTPConnectionPool:
        """Return a connection to the very address that was checked, so that a name cannot answer twice."""
        address = self._resolved(host, port)
        timeout = urllib3.Timeout(total=self._signing.timeout_s)
        if scheme == "http":
            return urllib3.HTTPConnectionPool(address, port, timeout=timeout)
        return urllib3.HTTPSConnectionPool(
            address, port, timeout=timeout, server_hostname=host, assert_hostname=host
        )

    def _resolved(self, host: str, port: int) -> str:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            raise DeliveryError(f"the name {host} is not known", permanent=False) from None
        addresses = [str(entry[4][0]) for entry in found]
        if not self._signing.allow_private and not _all_public(addresses):
            raise DeliveryError(
                f"{host} is an address of the own network; set webhooks.allow_private to send there",
                permanent=True,
            )
        return addresses[0]


def _is_taken(status: int) -> bool:
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES


def _all_public(addresses: Sequence[str]) -> bool:
    return all(_is_public(ipaddress.ip_address(address)) for address in addresses)


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Return whether an address is reachable from everywhere; an IPv4 one written as IPv6 counts as what it is."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    seen = mapped or address
    return seen.is_global and not seen.is_multicast


def _refused(answer: _Answer, now: datetime) -> DeliveryError:
    problem = f"the receiver answered {answer.status}"
    if answer.status == HTTPStatus.GONE:
        return AddressGoneError(problem, reason=SuppressedBy.GONE)
    wait_s = _retry_after_s(answer.retry_after, now)
    return DeliveryError(problem, permanent=answer.status not in _TRY_AGAIN, retry_after_s=wait_s)


def _retry_after_s(said: str | None, now: datetime) -> float | None:
    """Return how long the receiver wants us to wait: seconds or a date, a day at most."""
    if said is None:
        return None
    try:
        wait_s = (
            float(said) if said.strip().isdigit() else (parsedate_to_datetime(said) - now).total_seconds()
        )
    except (ValueError, TypeError):
        return None
    return min(max(wait_s, 0.0), _LONGEST_WAIT_S)
