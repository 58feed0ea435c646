"""Marks: what services that send mail are told beside it, so that their reports name the intervention again.

Most of them put another Message-ID in place of ours. Amazon SES tells ours back as it came and needs no mark.
"""

import json
from collections.abc import Callable, Mapping

from waypost.core import MAIL_MARK


def marks(host: str, intervention_id: str) -> Mapping[str, str]:
    """Return the headers that the service behind a mail server takes, none for a server that is not known."""
    host = host.lower().rstrip(".")
    return next(
        (made(intervention_id) for domain, made in _SERVICES.items() if f".{host}".endswith(f".{domain}")), {}
    )


_SERVICES: Mapping[str, Callable[[str], Mapping[str, str]]] = {
    "sendgrid.net": lambda mark: {"X-SMTPAPI": json.dumps({"unique_args": {MAIL_MARK: mark}})},
    "postmarkapp.com": lambda mark: {f"X-PM-Metadata-{MAIL_MARK}": mark},
    "mailgun.org": lambda mark: {"X-Mailgun-Variables": json.dumps({MAIL_MARK: mark})},
}
