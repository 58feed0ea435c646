import base64
import datetime as dt
import ipaddress
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.intervene.receivers import Mailbox, Rude, free_port, server_context, signing_in
from waypost.core import DeliveryError, derived_id
from waypost.intervene import EmailChannel, MailServer, Message
from waypost.intervene.channels import AddressGoneError, UnsureError
from waypost.intervene.unsubscribe import token

NOON = datetime(2026, 11, 4, 12, tzinfo=UTC)
SECRET = b"a secret of sixteen bytes or more"
ID = derived_id("intervention", "first_week_back", "acme", "ada", "s1")
PUBLIC = "https://a-rather-long-name-for-a-workspace.customers.waypost.example"
CONTENT = {
    "subject": "Ada, one step to go – schöne Grüße",
    "html": "<p>Hello Ada &amp; all,</p><p>not done:<br>one</p><ul><li>two</li></ul>",
    "button": {"label": "Go on", "url": "https://app.example/start?who=ada&x=1"},
}


def a_server(mailbox: Mailbox, **changes: Any) -> MailServer:  # noqa: ANN401 -- any field of the settings
    values: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": mailbox.port,
        "from_address": "Acme Success <hello@acme.example>",
        "security": "none",
        "timeout_s": 5.0,
    }
    return MailServer(**{**values, **changes})


def a_channel(mailbox: Mailbox, **changes: Any) -> EmailChannel:  # noqa: ANN401 -- as above
    return EmailChannel(a_server(mailbox, **changes), public_url=PUBLIC, secret=SECRET)


def a_message(address: str = "ada@acme.example", content: Mapping[str, Any] = CONTENT) -> Message:
    return Message(intervention_id=ID, address=address, content=content)


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content()).replace("\r\n", "\n")


def test_an_email_arrives_whole(mailbox: Mailbox) -> None:
    delivered = a_channel(mailbox, reply_to="mia@acme.example").deliver(a_message(), NOON)
    (mail,) = mailbox.mails
    assert delivered.said.startswith("250")
    assert mailbox.recipients == ["ada@acme.example"]
    assert mail["From"] == "Acme Success <hello@acme.example>"
    assert mail["To"] == "ada@acme.example"
    assert mail["Reply-To"] == "mia@acme.example"
    assert mail["Subject"] == "Ada, one step to go – schöne Grüße"
    assert mail["Date"].datetime == NOON
    assert mail["Message-ID"] == f"<{ID}@acme.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [one.get_content_type() for one in mail.iter_parts()] == ["text/plain", "text/html"]


def test_both_parts_say_the_same(mailbox: Mailbox) -> None:
    a_channel(mailbox).deliver(a_message(), NOON)
    (mail,) = mailbox.mails
    leave = f"{PUBLIC}/unsubscribe/{token(ID, SECRET)}"
    assert part(mail, "plain") == (
        "Hello Ada & all,\n\nnot done:\none\n\n- two\n\n"
        "Go on: https://app.example/start?who=ada&x=1\n\n"
        f"-- \nNo more e-mail of this kind: {leave}\n"
    )
    page = part(mail, "html")
    assert "<p style=" in page
    assert "<style" not in page
    assert 'href="https://app.example/start?who=ada&amp;x=1"' in page
    assert f'href="{leave}"' in page
    assert "Sent by Acme Success." in page


def test_the_button_can_be_read(mailbox: Mailbox) -> None:
    a_channel(mailbox).deliver(a_message(), NOON)
    (button,) = re.findall(r'<a class="button"[^>]*style="([^"]*)"', part(mailbox.mails[0], "html"))
    assert "color: #ffffff" in button.replace("background-color: #14202b", "")
    assert "#0f5793" not in button


def test_an_email_needs_no_button(mailbox: Mailbox) -> None:
    plain = {key: value for key, value in CONTENT.items() if key != "button"}
    a_channel(mailbox).deliver(a_message(content=plain), NOON)
    (mail,) = mailbox.mails
    assert "Go on" not in part(mail, "plain") + part(mail, "html")


def test_unsubscribing_takes_one_click_in_the_mail_program(mailbox: Mailbox) -> None:
    a_channel(mailbox).deliver(a_message(), NOON)
    (raw,) = mailbox.raw
    leave = f"{PUBLIC}/unsubscribe/{token(ID, SECRET)}"
    lines = raw.split(b"\r\n")
    assert f"List-Unsubscribe: <{leave}>".encode() in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    assert raw.isascii()
    assert max(map(len, lines)) <= 998


def test_a_word_cannot_smuggle_a_header_in(mailbox: Mailbox) -> None:
    content = {**CONTENT, "subject": "Hello\r\nBcc: everybody@acme.example"}
    with pytest.raises(DeliveryError) as refused:
        a_channel(mailbox).deliver(a_message(content=content), NOON)
    assert refused.value.permanent
    assert mailbox.raw == []


@pytest.mark.parametrize(
    "address",
    ["ada@acme.example\r\nRCPT TO:<ben@acme.example>", "jörg@acme.example", "ada", "ada@@acme", "a b@c.d"],
)
def test_an_address_that_is_none_fails_for_good(mailbox: Mailbox, address: str) -> None:
    with pytest.raises(DeliveryError) as refused:
        a_channel(mailbox).deliver(a_message(address), NOON)
    assert refused.value.permanent
    assert mailbox.recipients == []


@pytest.mark.parametrize("answer", ["550 No such user", "550 5.1.1 unknown", "553 5.1.3 bad address"])
def test_a_mailbox_that_does_not_exist_is_gone(mailbox: Mailbox, answer: str) -> None:
    mailbox.answers_to_rcpt["ada"] = answer
    with pytest.raises(AddressGoneError) as gone:
        a_channel(mailbox).deliver(a_message(), NOON)
    assert gone.value.permanent
    assert "no such mailbox: 5" in str(gone.value)


def test_a_refusal_by_policy_says_nothing_about_the_mailbox(mailbox: Mailbox) -> None:
    mailbox.answers_to_rcpt["ada"] = "550 5.7.1 relaying denied"
    with pytest.raises(DeliveryError, match="did not take the address: 550") as refused:
        a_channel(mailbox).deliver(a_message(), NOON)
    assert refused.value.permanent
    assert not isinstance(refused.value, AddressGoneError)


def test_a_busy_server_is_asked_again(mailbox: Mailbox) -> None:
    mailbox.answers_to_rcpt["ada"] = "451 4.3.0 try again later"
    with pytest.raises(DeliveryError, match="451") as refused:
        a_channel(mailbox).deliver(a_message(), NOON)
    assert not refused.value.permanent


def test_a_text_that_is_refused_fails(mailbox: Mailbox) -> None:
    mailbox.answer_to_data = "554 5.6.0 we do not like it"
    with pytest.raises(DeliveryError, match="did not take the text: 554") as refused:
        a_channel(mailbox).deliver(a_message(), NOON)
    assert refused.value.permanent
    assert not isinstance(refused.value, UnsureError)


def talking_to(rude: Rude) -> EmailChannel:
    server = MailServer(
        host="127.0.0.1", port=rude.port, from_address="a@b.example", security="none", timeout_s=5.0
    )
    return EmailChannel(server, public_url=PUBLIC, secret=SECRET)


@pytest.mark.parametrize(
    ("answers", "problem", "permanent"),
    [
        ({"mail": "550 not you"}, "did not take the sender: 550 not you", True),
        ({"mail": "421 too many"}, "did not take the sender: 421 too many", False),
        ({"data": "554 no texts today"}, "did not take the text: 554", True),
        ({"data": "451 later"}, "did not take the text: 451", False),
        ({"text": "452 full"}, "did not take the text: 452 full", False),
        ({"rcpt": ""}, "SMTPServerDisconnected", False),
    ],
)
def test_each_refusal_says_whether_to_try_again(
    answers: dict[str, str], problem: str, *, permanent: bool
) -> None:
    rude = Rude(**answers)
    with pytest.raises(DeliveryError, match=problem) as refused:
        talking_to(rude).deliver(a_message(), NOON)
    assert refused.value.permanent is permanent
    assert not isinstance(refused.value, UnsureError)
    rude.close()


@pytest.mark.parametrize("goodbye", ["", "500 what?", "421 closing"])
def test_what_was_taken_stays_taken_however_the_server_says_goodbye(goodbye: str) -> None:
    rude = Rude(quit=goodbye)
    talking_to(rude).deliver(a_message(), NOON)
    assert rude.taken == 1
    rude.close()


def test_a_line_that_breaks_after_the_text_leaves_us_unsure(mailbox: Mailbox) -> None:
    mailbox.hang_up_after_data = True
    with pytest.raises(UnsureError, match="the line broke"):
        a_channel(mailbox).deliver(a_message(), NOON)


def test_a_server_that_is_down_is_asked_again(mailbox: Mailbox) -> None:
    with pytest.raises(DeliveryError, match="Connection refused") as refused:
        a_channel(mailbox, port=free_port()).deliver(a_message(), NOON)
    assert not refused.value.permanent


def test_a_server_without_starttls_gets_no_password(mailbox: Mailbox) -> None:
    with pytest.raises(DeliveryError, match="SMTPNotSupportedError") as refused:
        a_channel(mailbox, security="starttls", user="ada", password="hush").deliver(a_message(), NOON)
    assert not refused.value.permanent


def test_the_password_is_not_shown() -> None:
    server = MailServer(host="smtp", port=25, from_address="a@b.example", password="hush")
    assert "hush" not in repr(server)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate of our own for 127.0.0.1, and its key."""
    folder: Path = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = dt.datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    written, secret = folder / "cert.pem", folder / "key.pem"
    written.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return str(written), str(secret)


@pytest.fixture
def secure_mailbox(certificate: tuple[str, str]) -> Iterator[Mailbox]:
    box = Mailbox(
        tls_context=server_context(*certificate),
        require_starttls=True,
        auth_required=True,
        authenticator=signing_in("ada", "hush"),
    )
    yield box
    box.close()


def test_it_signs_in_over_an_encrypted_line(
    secure_mailbox: Mailbox, certificate: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", certificate[0])
    channel = a_channel(secure_mailbox, security="starttls", user="ada", password="hush")
    channel.deliver(a_message(), NOON)
    assert secure_mailbox.recipients == ["ada@acme.example"]


def test_a_wrong_password_is_named_and_not_shown(
    secure_mailbox: Mailbox, certificate: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", certificate[0])
    with pytest.raises(DeliveryError, match=r"check smtp\.user and smtp\.password") as refused:
        a_channel(secure_mailbox, security="starttls", user="ada", password="wrong").deliver(
            a_message(), NOON
        )
    assert not refused.value.permanent
    assert "wrong" not in str(refused.value)
    assert base64.b64encode(b"wrong").decode() not in str(refused.value)


def test_the_server_can_be_reached_without_sending_anything(mailbox: Mailbox) -> None:
    a_channel(mailbox).reach()
    assert mailbox.raw == []
    with pytest.raises(DeliveryError, match="could not be used"):
        a_channel(mailbox, port=free_port()).reach()


def test_a_certificate_that_nobody_vouches_for_is_refused(secure_mailbox: Mailbox) -> None:
    with pytest.raises(DeliveryError, match="could not be used"):
        a_channel(secure_mailbox, security="starttls").deliver(a_message(), NOON)
    assert secure_mailbox.raw == []


def test_it_can_be_encrypted_from_the_first_byte(
    certificate: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", certificate[0])
    box = Mailbox(ssl_context=server_context(*certificate))
    try:
        a_channel(box, security="tls").deliver(a_message(), NOON)
        assert len(box.raw) == 1
    finally:
        box.close()
