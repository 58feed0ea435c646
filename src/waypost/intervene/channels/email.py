"""E-mail: text and HTML over SMTP, with one-click unsubscribing (RFC 8058)."""

import html
import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import HeaderParseError, MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from importlib.resources import files
from typing import Any, Literal

import css_inline
import nh3
from jinja2 import Environment, StrictUndefined

from waypost.core import DeliveryError
from waypost.intervene.channels.contract import AddressGoneError, Delivered, Message, UnsureError
from waypost.intervene.channels.marks import marks
from waypost.intervene.unsubscribe import PATH, token
from waypost.store import SuppressedBy

# Answers to RCPT that mean "no such mailbox", not "you may not" (RFC 3463: 5.1.x is about the address).
_NO_MAILBOX = frozenset({550, 551, 553})
_ENHANCED = re.compile(r"\b5\.(\d{1,3})\.\d{1,3}\b")
_TAKEN = frozenset({250, 251, 252})
_PERMANENT = 500
# Header lines are not folded below the 998 that mail allows: folding would break up the unsubscribe link.
_UNFOLDED = SMTP.clone(max_line_length=998)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """The server that takes our e-mail. `from_address` may hold a name: `Acme <hello@acme.example>`."""

    host: str
    port: int
    from_address: str
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    reply_to: str | None = None
    timeout_s: float = 20.0


class EmailChannel:
    """Delivers over one SMTP connection for each message."""

    def __init__(self, server: MailServer, *, public_url: str, secret: bytes, name: str = "Waypost") -> None:
        """Send through `server`; unsubscribe links begin with `public_url` and are sealed with `secret`."""
        self._server = server
        self._public_url = public_url.rstrip("/")
        self._secret = secret
        self._name = name

    def deliver(self, message: Message, now: datetime) -> Delivered:
        """Hand one e-mail to the server; raises DeliveryError (or UnsureError once the text was handed over)."""
        written = self.compose(message, now).as_bytes(policy=_UNFOLDED)
        sender = parseaddr(self._server.from_address)[1]
        with self._signed_in() as smtp:
            return _hand_over(smtp, sender, message.address, written)

    def reach(self) -> None:
        """Sign in to the server and send nothing; raises DeliveryError that says what to check."""
        with self._signed_in() as smtp:
            smtp.noop()

    def compose(self, message: Message, now: datetime) -> EmailMessage:
        """Return the whole e-mail; raises DeliveryError when its address or subject cannot stand in a header."""
        leave = f"{self._public_url}{PATH}{token(message.intervention_id, self._secret)}"
        domain = parseaddr(self._server.from_address)[1].partition("@")[2]
        if not message.address.isascii():
            raise DeliveryError("the address has letters that this mail cannot carry", permanent=True)
        mail = EmailMessage(policy=SMTP)
        try:
            mail["From"] = self._server.from_address
            mail["To"] = Address(addr_spec=message.address)
            mail["Subject"] = str(message.content["subject"])
            mail["Date"] = format_datetime(now)
            mail["Message-ID"] = f"<{message.intervention_id}@{domain}>"
            if self._server.reply_to:
                mail["Reply-To"] = self._server.reply_to
            mail["List-Unsubscribe"] = f"<{leave}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
            mail["Auto-Submitted"] = "auto-generated"
            for header, mark in marks(self._server.host, message.intervention_id).items():
                mail[header] = mark
        except (ValueError, MessageError, HeaderParseError, IndexError) as error:
            raise DeliveryError(f"the e-mail cannot be written: {error}", permanent=True) from None
        mail.set_content(as_text(message.content, leave), cte="quoted-printable")
        mail.add_alternative(self._as_html(message.content, leave), subtype="html", cte="quoted-printable")
        return mail

    @contextmanager
    def _signed_in(self) -> Iterator[smtplib.SMTP]:
        try:
            smtp = _connect(self._server)
            try:
                yield smtp
            finally:
                _leave(smtp)
        except smtplib.SMTPAuthenticationError:
            raise DeliveryError(
                f"{self._server.host} refused the sign-in; check smtp.user and smtp.password", permanent=False
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            problem = f"{self._server.host}:{self._server.port} could not be used: {_told(error)}"
            raise DeliveryError(problem, permanent=False) from None

    def _as_html(self, content: Mapping[str, Any], leave: str) -> str:
        page = _PAGE.render(
            subject=content["subject"],
            body=content["html"],
            button=content.get("button"),
            leave=leave,
            sender=parseaddr(self._server.from_address)[0] or self._name,
        )
        return _INLINER.inline(page)


def as_text(content: Mapping[str, Any], leave: str) -> str:
    """Return the same message for readers without HTML."""
    body = str(content["html"]).replace("<br>", "\n").replace("</p>", "\n\n").replace("<li>", "- ")
    body = body.replace("</li>", "\n")
    parts = [html.unescape(nh3.clean(body, tags=set())).strip()]
    if button := content.get("button"):
        parts.append(f"{button['label']}: {button['url']}")
    return "\n\n".join([*parts, f"-- \nNo more e-mail of this kind: {leave}"]) + "\n"


def _connect(server: MailServer) -> smtplib.SMTP:
    """Return a connection that is encrypted and signed in as the settings ask."""
    where = (server.host, server.port)
    if server.security == "tls":
        context = ssl.create_default_context()
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(*where, timeout=server.timeout_s, context=context)
    else:
        smtp = smtplib.SMTP(*where, timeout=server.timeout_s)
    try:
        smtp.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
        if server.user:
            smtp.login(server.user, server.password or "")
    except BaseException:
        smtp.close()
        raise
    return smtp


def _leave(smtp: smtplib.SMTP) -> None:
    """Say goodbye; what happens after the text was taken changes nothing about the message."""
    with suppress(smtplib.SMTPException, OSError):
        smtp.quit()
    smtp.close()


def _hand_over(smtp: smtplib.SMTP, sender: str, to: str, written: bytes) -> Delivered:
    code: int
    said: bytes | str
    _expect_taken(*smtp.mail(sender), "the sender")
    code, said = smtp.rcpt(to)
    if _is_gone(code, said):
        raise AddressGoneError(f"no such mailbox: {code} {_words(said)}", reason=SuppressedBy.BOUNCED)
    _expect_taken(code, said, "the address")
    try:
        code, said = smtp.data(written)
    except smtplib.SMTPDataError as refused:
        code, said = refused.smtp_code, refused.smtp_error
    except (smtplib.SMTPException, OSError) as broken:
        raise UnsureError(f"the line broke while the text was handed over: {_told(broken)}") from None
    _expect_taken(code, said, "the text")
    return Delivered(said=f"{code} {_words(said)}")


def _expect_taken(code: int, said: bytes | str, what: str) -> None:
    if code not in _TAKEN:
        problem = f"the server did not take {what}: {code} {_words(said)}"
        raise DeliveryError(problem, permanent=code >= _PERMANENT)


def _is_gone(code: int, said: bytes | str) -> bool:
    """Return whether an answer to RCPT is about the mailbox; a refusal by policy is not."""
    enhanced = _ENHANCED.search(_words(said))
    return code in _NO_MAILBOX and (enhanced is None or enhanced.group(1) == "1")


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:200]


def _told(error: Exception) -> str:
    """Return what went wrong without what was sent, since a server may answer with our own words."""
    return error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__


_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False)
_PAGE = Environment(autoescape=True, undefined=StrictUndefined).from_string(
    (files("waypost.intervene.channels") / "email.html").read_text(encoding="utf-8")
)
