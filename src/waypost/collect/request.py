"""A request as a protocol family sees it: below its mount, in plain bytes, with the instant of its coming."""

import binascii
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl

import msgspec


class Request(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What came: `path` lies below the family's mount, as it was sent (percent-encoded), without a slash at its end.

    `headers` have lower-case names; `body` is unpacked; `address` is the sender's, or None when it is not known.
    """

    method: str
    path: str
    query_string: bytes
    headers: Mapping[bytes, bytes]
    body: bytes
    received_at: datetime
    address: str | None = None
    scheme: str = "http"

    @property
    def query(self) -> dict[str, str]:
        """The query by name; of a name that stands twice the last counts."""
        return dict(parse_qsl(self.query_string.decode(errors="replace"), keep_blank_values=True))

    @property
    def basic(self) -> tuple[str, str] | None:
        """User and password of basic auth, None when there is none that can be read."""
        scheme, _, written = self.headers.get(b"authorization", b"").partition(b" ")
        if scheme.lower() != b"basic":
            return None
        try:
            user, _, password = b64decode(written, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return user, password

    @property
    def bearer(self) -> str | None:
        """The token of bearer auth, None when there is none."""
        scheme, _, token = self.headers.get(b"authorization", b"").partition(b" ")
        return token.decode(errors="replace").strip() or None if scheme.lower() == b"bearer" else None
