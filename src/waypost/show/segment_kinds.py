"""How conditions of segments are asked for in a form: their words, their fields, and what each begins with."""

from collections.abc import Mapping, Sequence
from typing import Self

import msgspec

from waypost.measure import STANDINGS, Level
from waypost.show import charts, people, words
from waypost.show.kept import kept
from waypost.show.visit import Visit

MOST_CHOICES = 60
MONTH = "28"
Options = Sequence[tuple[str, str]]


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a condition.

    `control` is many (boxes to tick), one (a list), number, text, day, lines (ids, one a line) or fixed (says itself).
    `before` and `after` are the words around it; `begins` is what a new condition has in it; `blank` names the choice
    that leaves an optional field out.
    """

    name: str
    control: str
    before: str = ""
    after: str = ""
    begins: tuple[str, ...] = ()
    blank: str | None = None


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of condition in a form: its name in the list, under which head, its two verbs, and its fields."""

    name: str
    head: str
    fields: tuple[Field, ...]
    verbs: tuple[str, str] = ("is", "is not")
    levels: tuple[Level, ...] = (Level.ACCOUNTS, Level.PEOPLE)


PEOPLE = (Level.PEOPLE,)
PATH, USE, WHO, ACCOUNT, GROUPS = (
    "Where they stand",
    "What they use",
    "Who they are",
    "Their account",
    "Groups",
)


def _many(name: str, *begins: str) -> tuple[Field, ...]:
    return (Field(name=name, control="many", begins=begins),)


def _number(
    name: str, begins: str = "", *, before: str = "", after: str = "days", blank: str | None = None
) -> Field:
    return Field(
        name=name,
        control="number",
        before=before,
        after=after,
        begins=(begins,) if begins else (),
        blank=blank,
    )


JOURNEY = Field(name="journey", control="one", before="on", blank="any journey")
MILESTONE = Field(name="milestone", control="one", before="at", blank="any milestone")

#: Every kind of condition, by its main field, in the order of the list that offers them.
KINDS: dict[str, Asked] = {
    "standing": Asked(
        name="Standing",
        head=PATH,
        fields=(
            *_many("standing", "strayed", "lapsed"),
            JOURNEY,
            MILESTONE,
            _number("within_days", before="since at most", blank=""),
            _number("for_days", before="for at least", blank=""),
        ),
    ),
    "journey": Asked(
        name="Journey",
        head=PATH,
        verbs=("on", "not on"),
        fields=(msgspec.structs.replace(JOURNEY, before="", blank=None), MILESTONE),
    ),
    "due_within_days": Asked(
        name="Milestone due",
        head=PATH,
        verbs=("within", "not within"),
        fields=(_number("due_within_days", "7"),),
    ),
    "feature": Asked(
        name="Use of a feature",
        head=USE,
        verbs=("used", "did not use"),
        fields=(
            Field(name="feature", control="one"),
            _number("at_least", "1", before="at least", after="times", blank=""),
            _number("at_most", before="or at most", after="times", blank=""),
            _number("in_days", MONTH, before="in the last", blank=""),
        ),
    ),
    "active_days": Asked(
        name="Active days",
        head=USE,
        verbs=("at least", "fewer than"),
        fields=(_number("active_days", "4"), _number("in_days", MONTH, before="in the last")),
    ),
    "seen_within_days": Asked(
        name="Last seen",
        head=USE,
        levels=PEOPLE,
        verbs=("within", "not within"),
        fields=(_number("seen_within_days", MONTH, before="the last"),),
    ),
    "role": Asked(name="Role", head=WHO, levels=PEOPLE, fields=_many("role")),
    "champion": Asked(
        name="Champion",
        head=WHO,
        levels=PEOPLE,
        verbs=("yes", "no"),
        fields=(Field(name="champion", control="fixed"),),
    ),
    "signs_renewal": Asked(
        name="Signs the renewal",
        head=WHO,
        levels=PEOPLE,
        verbs=("yes", "no"),
        fields=(Field(name="signs_renewal", control="fixed"),),
    ),
    "provisioned_within_days": Asked(
        name="Got access lately",
        head=WHO,
        levels=PEOPLE,
        verbs=("within", "longer ago than"),
        fields=(_number("provisioned_within_days", "30", before="the last"),),
    ),
    "provisioned_from": Asked(
        name="Got access between",
        head=WHO,
        levels=PEOPLE,
        verbs=("between", "not between"),
        fields=(
            Field(name="provisioned_from", control="day"),
            Field(name="provisioned_until", control="day", before="and before", blank=""),
        ),
    ),
    "words": Asked(
        name="Name, e-mail or id",
        head=WHO,
        verbs=("holds", "does not hold"),
        fields=(Field(name="words", control="text"),),
    ),
    "account": Asked(
        name="Account",
        head=ACCOUNT,
        levels=PEOPLE,
        fields=(Field(name="account", control="lines"),),
    ),
    "tier": Asked(name="Tier", head=ACCOUNT, fields=_many("tier")),
    "region": Asked(name="Region", head=ACCOUNT, fields=_many("region")),
    "owner": Asked(name="Owner", head=ACCOUNT, fields=_many("owner")),
    "band": Asked(name="Health", head=ACCOUNT, fields=_many("band", "at_risk")),
    "moved": Asked(
        name="Health changed",
        head=ACCOUNT,
        verbs=("it", "it is not so that it"),
        fields=(
            Field(name="moved", control="one", begins=("fell",)),
            _number("in_days", "30", before="over"),
        ),
    ),
    "value_at_least": Asked(
        name="Contract value, at least",
        head=ACCOUNT,
        verbs=("at least", "less than"),
        fields=(_number("value_at_least", "10000", after="a year"),),
    ),
    "value_below": Asked(
        name="Contract value, below",
        head=ACCOUNT,
        verbs=("less than", "at least"),
        fields=(_number("value_below", "10000", after="a year"),),
    ),
    "renews_within_days": Asked(
        name="Renewal",
        head=ACCOUNT,
        verbs=("within", "not within"),
        fields=(_number("renews_within_days", "90"),),
    ),
    "strays_at_least": Asked(
        name="Strays at the account",
        head=ACCOUNT,
        verbs=("at least", "fewer than"),
        fields=(_number("strays_at_least", "5", after="people"),),
    ),
    "trait": Asked(
        name="Trait",
        head=ACCOUNT,
        fields=(
            Field(name="trait", control="text", before="named"),
            Field(name="is", control="text", before="with the value"),
        ),
    ),
    "unknown": Asked(
        name="Not known",
        head=ACCOUNT,
        verbs=("nothing is known of", "something is known of"),
        fields=(Field(name="unknown", control="one", begins=("owner",)),),
    ),
    "segment": Asked(
        name="Member of a segment", head=GROUPS, verbs=("in", "not in"), fields=_many("segment")
    ),
    "ids": Asked(
        name="Chosen one by one",
        head=GROUPS,
        verbs=("among", "not among"),
        fields=(Field(name="ids", control="lines"),),
    ),
}


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What the fields of conditions can be chosen from, by field name: values with their words."""

    by_field: Mapping[str, Options]

    @classmethod
    def of(cls, visit: Visit, level: Level, *, but: str = "") -> Self:
        """Read the choices of a workspace; `but` is the key of a segment that cannot be made of itself."""
        rules = visit.rules
        there: dict[str, list[str]] = {}
        asked = {"today": visit.today, "most": MOST_CHOICES}
        found = kept(visit, ("choices",), lambda: visit.desk.warehouse.ask("show/segment_choices", asked))
        for kind, value in found.iter_rows():
            there.setdefault(kind, []).append(value)
        tiers = list(dict.fromkeys([*(each.key for each in rules.tiers.tiers), *there.get("tier", ())]))
        journeys = {key: each for key, each in rules.journeys.items() if each.of.value == level.value}
        milestones = {each.key: each.name for one in journeys.values() for each in one.milestones}
        return cls(
            by_field={
                "tier": [(each, rules.tiers.name_of(each)) for each in tiers],
                "region": [(each, each) for each in there.get("region", ())],
                "owner": [(each, words.name_of_email(each)) for each in there.get("owner", ())],
                "role": [(each, each.replace("_", " ").capitalize()) for each in there.get("role", ())],
                "band": [
                    (each, charts.band_word(each)) for each in ("steady", "watch", "at_risk", "no_data")
                ],
                "standing": [(each, _standing(each)) for each in STANDINGS],
                "journey": [(key, each.name) for key, each in sorted(journeys.items())],
                "milestone": list(milestones.items()),
                "feature": [(each.key, each.name) for each in rules.catalogue.features],
                "moved": [("fell", "fell"), ("rose", "rose"), ("band", "changed band")],
                "unknown": [
                    ("owner", "the owner"),
                    ("tier", "the tier"),
                    ("region", "the region"),
                    ("value", "the value"),
                    ("renews_on", "the renewal day"),
                    ("band", "the health"),
                ],
                "segment": [
                    (each.key, each.name)
                    for each in rules.segments
                    if each.key != but and (level is Level.PEOPLE or each.of is Level.ACCOUNTS)
                ],
            }
        )

    def first(self, field: Field) -> tuple[str, ...]:
        """Return what a new condition has in a field: what it begins with, or the first choice where one is needed."""
        if field.begins or field.blank is not None:
            return field.begins
        options = self.by_field.get(field.name, ())
        return (options[0][0],) if options and field.control in ("one", "many") else ()

    def words_of(self, field: str, value: str) -> str:
        """Return the words of a choice; a value that is not among them is its own words."""
        return dict(self.by_field.get(field, ())).get(value, value)


def _standing(key: str) -> str:
    said = people.STANDING_WORDS.get(key, key)
    return "On path, sustained" if key == "sustained" else said
