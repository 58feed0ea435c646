import json

import pytest

from tests.intervene.channels.test_email import PUBLIC, SECRET, a_message
from tests.intervene.company import NOON
from waypost.intervene import EmailChannel, MailServer
from waypost.intervene.channels.marks import marks

ID = a_message().intervention_id


@pytest.mark.parametrize(
    ("host", "header", "said"),
    [
        ("smtp.sendgrid.net", "X-SMTPAPI", json.dumps({"unique_args": {"waypost_id": ID}})),
        ("smtp.postmarkapp.com", "X-PM-Metadata-waypost_id", ID),
        ("SMTP.EU.mailgun.org.", "X-Mailgun-Variables", json.dumps({"waypost_id": ID})),
    ],
)
def test_a_service_is_told_what_to_tell_back(host: str, header: str, said: str) -> None:
    server = MailServer(host=host, port=25, from_address="hello@acme.example")
    mail = EmailChannel(server, public_url=PUBLIC, secret=SECRET).compose(a_message(), NOON)
    assert mail[header] == said


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "email-smtp.eu-west-1.amazonaws.com", "notsendgrid.net", "mailgun.org.example"]
)
def test_others_are_told_nothing(host: str) -> None:
    assert marks(host, ID) == {}
