"""The form of a query source: its fields by what its rows become, what was typed, and the mapping that it says."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from waypost.collect import Becomes, Question, form_of
from waypost.core import Actor

MOST_NAME = 60
BECOMES = {
    "events": "Events: a row is something that happened",
    Becomes.COUNTS: "Counts: how often something happened on a day",
    Becomes.SETTINGS: "Settings: how an account is set up",
    Becomes.TRAITS: "Traits of people or of accounts",
    Becomes.PEOPLE: "People",
    Becomes.ACCOUNTS: "Accounts",
    Becomes.MEMBERSHIPS: "Memberships: who belongs to which account",
    Becomes.SEATS: "Seats that were bought",
    Becomes.CONTRACTS: "Contracts",
    Becomes.TICKETS: "Tickets",
    Becomes.ANSWERS: "Answers to surveys",
}
_CHOICES = {"actor": tuple(Actor), "scale": ("nps", "csat", "ces")}
_COLUMNS = ("time", "cursor", "person", "account", "event_column", "quantity", "solved", "actor_column")
_WORDS = {
    "time": ("When it happened", "A time or a day."),
    "key": ("What makes a row that row", "Such as its id. Ticked columns together are the key."),
    "cursor": (
        "What grows with every new row",
        "An id, or a time of change; the next run goes on from it.",
    ),
    "event": ("Name of the event", "A name for all rows, such as Report exported."),
    "event_column": ("Or the column with the name", ""),
    "person": ("Whose person id", "A row without one is automated."),
    "account": ("Which account's id", ""),
    "quantity": ("How much", "A column of numbers."),
    "scale": ("On which scale", "When no column says so."),
    "solved": ("When it was solved", "Or whether it is."),
    "actor": ("Who acts", "Jobs are automated: shown apart from people's use."),
    "actor_column": ("Or the column that says who acts", "Of human, automated and system."),
}
#: What columns are often called, so that most need only be looked over.
_OFTEN = {
    "time": re.compile(r"(?:.*_)?(?:at|on|time|timestamp|day|date)"),
    "key": re.compile(r"id|uuid|.*_key"),
    "cursor": re.compile(r"updated_at|modified_at|created_at|id"),
    "person": re.compile(r"(?:user|person|member|owner|author)(?:_id)?"),
    "account": re.compile(r"(?:account|org|organi[sz]ation|tenant|customer|company|workspace)(?:_id)?"),
    "quantity": re.compile(r"n|count|quantity|amount|rows|seats"),
    "solved": re.compile(r"(?:solved|resolved|closed)(?:_at)?"),
}


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a mapping says, as a field of the form; `chosen` are its values."""

    name: str
    label: str
    hint: str
    required: bool
    columns: bool
    many: bool
    chosen: tuple[str, ...]
    options: tuple[str, ...]
    wrong: str


class QueryForm(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody typed to add a query source, and the columns that the query gave when it was tested.

    `url` is never drawn: between two steps a sealed form of it stands in the page.
    """

    name: str = ""
    url: str = ""
    query: str = ""
    becomes: str = "events"
    when: str = "15"
    zone: str = "UTC"
    columns: tuple[str, ...] = ()
    said: dict[str, tuple[str, ...]] = {}

    @property
    def question(self) -> Question:
        """What is asked, with the mapping that the fields say."""
        mapping: dict[str, Any] = {} if self.becomes == "events" else {"becomes": self.becomes}
        for name in _fields_of(self.becomes):
            if found := self.said.get(name):
                mapping[name] = list(found) if name == "key" else found[0]
        if self.zone != "UTC":
            mapping["zone"] = self.zone
        return Question(url=self.url, query=self.query, mapping=mapping)

    def fields(self, wrong: Mapping[str, str]) -> list[Field]:
        """Return the fields of what the columns mean."""
        must = form_of(self.becomes).must
        return [
            Field(
                name=name,
                label=_WORDS[name][0],
                hint=_WORDS[name][1],
                required=name in must,
                columns=name in _COLUMNS,
                many=name == "key",
                chosen=self.said.get(name, ()),
                options=_CHOICES.get(name, self.columns),
                wrong=wrong.get(name, ""),
            )
            for name in _fields_of(self.becomes)
        ]

    def missing(self) -> dict[str, str]:
        """Return what the fields still lack, by field, in words."""
        form = form_of(self.becomes)
        wrong = {name: f"Say {_WORDS[name][0].lower()}" for name in form.missing(self.said)}
        if form.lacks_either(self.said):
            wrong["person"] = "Choose the column of the person, of the account, or both"
        if "event_column" in form.may and ("event" in self.said) == ("event_column" in self.said):
            wrong["event"] = "Give either a name or the column with the name"
        for name, chosen in self.said.items():
            if name not in ("event", *_CHOICES) and (gone := set(chosen) - set(self.columns)):
                wrong[name] = f"The query gives no column {', '.join(sorted(gone))} any more"
        return wrong


def read_form(form: Mapping[str, str], *, url: str) -> QueryForm:
    """Return what was typed; the columns come along from the step before."""
    becomes = form.get("becomes", "events")
    becomes = becomes if becomes in BECOMES else "events"
    said = {}
    for name in _fields_of(becomes):
        if name == "key":
            found = tuple(each.removeprefix("key:") for each in form if each.startswith("key:"))
        else:
            found = tuple(value for value in (form.get(f"means:{name}", "").strip(),) if value)
        if found:
            said[name] = found
    return QueryForm(
        name=form.get("name", "").strip()[:MOST_NAME],
        url=url,
        query=form.get("query", "").strip(),
        becomes=becomes,
        when=form.get("when", "15").strip()[:MOST_NAME],
        zone=form.get("zone", "").strip() or "UTC",
        said=said,
    )


def guessed(form: QueryForm) -> QueryForm:
    """Return the form with columns chosen by what they are called, where nothing was chosen yet."""
    said = dict(form.said)
    for name in _fields_of(form.becomes):
        often = _OFTEN.get(name)
        found = [each for each in form.columns if often and often.fullmatch(each.lower())]
        if found and name not in said:
            said[name] = (found[0],)
    return msgspec.structs.replace(form, said=said)


def _fields_of(becomes: str) -> tuple[str, ...]:
    form = form_of(becomes)
    said = {*form.must, *form.may, *form.either}
    return tuple(name for name in _WORDS if name in said)
