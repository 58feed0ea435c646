"""Arms: the things that a play may do, one struct for each channel."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec

from waypost.core import day_of, fail, start_of
from waypost.intervene import wording
from waypost.intervene.brief import Brief
from waypost.intervene.facts import Account, Person
from waypost.intervene.policy import ContactPolicy

Key = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,62}$")]

# The host stands in the template itself: no word of a customer's may choose where a link leads.
_LINK = re.compile(r"^https?://[^/\s{}?#]+([/?#].*)?$")
_TYPE = re.compile(r"^[a-z0-9_]+(\.[a-z0-9_]+)+$")


class Audience(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whom something is for; an empty list means everybody. A segment may be one of accounts or one of people."""

    roles: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()

    def holds(self, account: Account, person: Person | None) -> bool:
        """Return whether an account, or a person at it, belongs."""
        within = account.segments | (person.segments if person else frozenset())
        return (
            (not self.roles or (person is not None and person.role in self.roles))
            and (not self.tiers or account.tier in self.tiers)
            and (not self.segments or not within.isdisjoint(self.segments))
        )


class Button(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The one thing that an e-mail asks its reader to do."""

    label: str
    url: str


class _Arm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="channel"):
    key: Key
    when: Audience = Audience()

    @property
    def channel(self) -> str:
        """The key of the channel that carries this arm."""
        return str(self.__struct_config__.tag)

    @property
    def fresh_days(self) -> int:
        """How old a signal may be: a message about old news reads badly."""
        return 3

    @property
    def fixed_address(self) -> str | None:
        """Where every message of this arm goes; None when it goes to the person."""
        return None

    @property
    def personal(self) -> bool:
        """Whether it reaches the person themselves: it needs one, and the contact policy holds for it."""
        return False

    @property
    def waits(self) -> bool:
        """Whether it waits for a member in Today, where evidence gathers, instead of being sent."""
        return False

    def due_at(self, now: datetime, policy: ContactPolicy, zone: str) -> datetime:  # noqa: ARG002 -- others ask the policy
        """Return when it should leave, or be done by."""
        return now

    def compose(self, brief: Brief) -> dict[str, Any]:
        """Return what is to be sent or shown, as plain values that JSON can hold."""
        raise NotImplementedError

    def check(self, where: str, *, of_person: bool) -> None:
        """Refuse what cannot be carried out; raises DefinitionError."""


class EmailArm(_Arm, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="channel", tag="email"):
    """An e-mail to the person. `text` is paragraphs, parted by blank lines, with light markup if wanted."""

    subject: str
    text: str
    button: Button | None = None

    @property
    def personal(self) -> bool:
        """An e-mail is written to somebody."""
        return True

    def due_at(self, now: datetime, policy: ContactPolicy, zone: str) -> datetime:
        """Leave after the time in which a member may stop it, outside quiet hours."""
        return policy.next_allowed(now + timedelta(seconds=policy.undo_s), zone)

    def compose(self, brief: Brief) -> dict[str, Any]:
        """Fill subject, text (cleaned HTML) and button."""
        content: dict[str, Any] = {
            "subject": wording.fill(self.subject, brief.words),
            "html": wording.paragraphs(wording.fill_html(self.text, brief.words)),
        }
        if self.button:
            label = wording.fill(self.button.label, brief.words)
            content["button"] = {"label": label, "url": wording.fill_url(self.button.url, brief.words)}
        return content

    def check(self, where: str, *, of_person: bool) -> None:
        """Refuse wording that cannot be filled, and a link that leads nowhere."""
        wording.check(self.subject, f"{where}.subject", of_person=of_person)
        wording.check(self.text, f"{where}.text", of_person=of_person)
        if not self.subject.strip():
            fail(f"{where}.subject", "an e-mail needs a subject")
        if self.button:
            wording.check(self.button.label, f"{where}.button.label", of_person=of_person)
            wording.check(self.button.url, f"{where}.button.url", of_person=of_person)
            if not _LINK.match(self.button.url):
                fail(f"{where}.button.url", "a link begins with https:// and a host that is written out")


class TouchArm(_Arm, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="channel", tag="touch"):
    """A touch in Today: what a member should do, by when, and what to say."""

    title: str
    says: str = ""
    due_in_days: Annotated[int, msgspec.Meta(ge=0, le=365)] = 2

    @property
    def fresh_days(self) -> int:
        """How old a signal may be: a member in Today can judge for themselves."""
        return 14

    @property
    def waits(self) -> bool:
        """A touch is done by a member."""
        return True

    def due_at(self, now: datetime, policy: ContactPolicy, zone: str) -> datetime:  # noqa: ARG002 -- members keep their own hours
        """Do it by the beginning of the day after the last of `due_in_days`."""
        return start_of(day_of(now, zone) + timedelta(days=self.due_in_days + 1), zone)

    def compose(self, brief: Brief) -> dict[str, Any]:
        """Fill title and what to say."""
        says = wording.fill(self.says, brief.words)
        return {"title": wording.fill(self.title, brief.words), "says": says, "due_in_days": self.due_in_days}

    def check(self, where: str, *, of_person: bool) -> None:
        """Refuse wording that cannot be filled."""
        wording.check(self.title, f"{where}.title", of_person=of_person)
        wording.check(self.says, f"{where}.says", of_person=of_person)


class WebhookArm(
    _Arm, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="channel", tag="webhook"
):
    """A signed message to another system; `type` is in the form `person.strayed`."""

    url: str
    type: str

    @property
    def fixed_address(self) -> str | None:
        """The receiver's address."""
        return self.url

    def compose(self, brief: Brief) -> dict[str, Any]:
        """Return the payload in the form of Standard Webhooks: type, timestamp, data."""
        data = {"play": brief.play, "arm": self.key, "signal_id": brief.signal_id, **brief.words}
        return {"type": self.type, "timestamp": brief.happened_at.isoformat(), "data": data}

    def check(self, where: str, *, of_person: bool) -> None:  # noqa: ARG002 -- a webhook says the same of both
        """Refuse an address that is none, and a type out of form."""
        if not _LINK.match(self.url):
            fail(f"{where}.url", "an address begins with https:// and a host")
        if not _TYPE.match(self.type):
            fail(f"{where}.type", "a type is words parted by points, such as person.strayed")


Arm = EmailArm | TouchArm | WebhookArm
