"""The conditions of segments: what each may say, about whom, and what goes with it."""

from datetime import date
from enum import StrEnum

import msgspec

from waypost.core import fail

Words = str | tuple[str, ...] | None


class Level(StrEnum):
    """Of what a segment is made."""

    ACCOUNTS = "accounts"
    PEOPLE = "people"


class Dated(StrEnum):
    """Whether a condition can be asked of a day that is past."""

    YES = "yes"
    AS_TODAY = "as_today"  # its fact is kept without dates: past days are told with today's
    NO = "no"


STANDINGS = ("not_started", "on_path", "at_risk", "strayed", "returned", "sustained", "lapsed")
UNKNOWABLE = ("tier", "region", "owner", "band", "value", "renews_on")
MOVES = ("fell", "rose", "band")


class Condition(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    omit_defaults=True,
    rename={"equals": "is", "negated": "not"},
):
    """One condition: exactly one main field, and the fields that go with it. `not: true` turns it round.

    Of the account: `tier`, `region`, `owner`, `band`; `trait` with `is`; `value_at_least`, `value_below` (a year's,
    in the contract's currency); `renews_within_days`; `moved` (the score fell, rose or changed band, over `in_days`);
    `strays_at_least` (people); `unknown` (a field of which nothing is known). Of people: `role`, `champion`,
    `signs_renewal`; `seen_within_days`; `provisioned_within_days`, or `provisioned_from` (inclusive) and
    `provisioned_until` (exclusive); `account`. Of either, people on their journeys and accounts on journeys of
    accounts: `standing` or `journey` with `milestone`, `within_days` (came to it so lately) and `for_days` (stands
    there so long); `due_within_days`. Of either: `feature` with `at_least` or `at_most` uses and `in_days`;
    `active_days` with `in_days`; `segment`; `ids`; `words` (in the name, e-mail or id). A list means any of it.
    """

    tier: Words = None
    region: Words = None
    owner: Words = None
    band: Words = None
    trait: str | None = None
    equals: str | None = None
    value_at_least: float | None = None
    value_below: float | None = None
    renews_within_days: int | None = None
    moved: str | None = None
    strays_at_least: int | None = None
    unknown: str | None = None
    role: Words = None
    champion: bool | None = None
    signs_renewal: bool | None = None
    standing: Words = None
    journey: str | None = None
    milestone: str | None = None
    within_days: int | None = None
    for_days: int | None = None
    due_within_days: int | None = None
    seen_within_days: int | None = None
    provisioned_within_days: int | None = None
    provisioned_from: date | None = None
    provisioned_until: date | None = None
    account: Words = None
    feature: str | None = None
    at_least: int | None = None
    at_most: int | None = None
    active_days: int | None = None
    in_days: int | None = None
    segment: Words = None
    ids: tuple[str, ...] | None = None
    words: str | None = None
    negated: bool = False

    @property
    def main(self) -> str:
        """The field that says what the condition is about."""
        return next(iter(given(self)), "")

    @property
    def about(self) -> "About":
        """What is known of conditions of this kind."""
        return ABOUT[self.main]

    @property
    def standings(self) -> tuple[str, ...]:
        """The standings that are meant; all of them when only a journey is said."""
        return wanted(self.standing) or STANDINGS

    @property
    def segments(self) -> tuple[str, ...]:
        """The keys of the segments that are meant."""
        return wanted(self.segment)


class Part(Condition, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """One part of a rule: a condition, or a group of conditions of which `all` or `any` must hold."""

    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()

    @property
    def word(self) -> str:
        """How the conditions of a group stand together: all or any; empty when this is a condition."""
        return "any" if self.any else "all" if self.all else ""

    @property
    def members(self) -> tuple[Condition, ...]:
        """The conditions of the group."""
        return self.all or self.any


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What goes with a kind of condition: whom it is about, further fields, whether past days can be asked."""

    levels: tuple[Level, ...] = (Level.ACCOUNTS, Level.PEOPLE)
    takes: tuple[str, ...] = ()
    dated: Dated = Dated.YES
    #: Whether what was said of an account or a person alone decides it, from one day until another.
    steady: bool = False


PEOPLE = (Level.PEOPLE,)
ABOUT: dict[str, About] = {
    "tier": About(steady=True),
    "region": About(steady=True),
    "owner": About(steady=True),
    "band": About(),
    "trait": About(takes=("equals",), dated=Dated.AS_TODAY, steady=True),
    "value_at_least": About(steady=True),
    "value_below": About(steady=True),
    "renews_within_days": About(),
    "moved": About(takes=("in_days",)),
    "strays_at_least": About(),
    "unknown": About(),
    "role": About(levels=PEOPLE, steady=True),
    "champion": About(levels=PEOPLE, steady=True),
    "signs_renewal": About(levels=PEOPLE, steady=True),
    "standing": About(takes=("journey", "milestone", "within_days", "for_days")),
    "journey": About(takes=("milestone",)),
    "due_within_days": About(takes=("journey",)),
    "seen_within_days": About(levels=PEOPLE, dated=Dated.NO),
    "provisioned_within_days": About(levels=PEOPLE),
    "provisioned_from": About(levels=PEOPLE, takes=("provisioned_until",), steady=True),
    "provisioned_until": About(levels=PEOPLE, steady=True),
    "account": About(levels=PEOPLE, steady=True),
    "feature": About(takes=("at_least", "at_most", "in_days")),
    "active_days": About(takes=("in_days",)),
    "segment": About(steady=True),
    "ids": About(steady=True),
    "words": About(dated=Dated.AS_TODAY),
}
# Fields that are a condition of their own only where no other main field claims them.
_SECOND = ("journey", "provisioned_until")
_COUNTS = ("renews_within_days", "within_days", "for_days", "due_within_days", "seen_within_days")
_FROM_ONE = ("in_days", "active_days", "strays_at_least", "provisioned_within_days", "at_least")
_LONGEST_DAYS = 3_660


def given(condition: Condition) -> list[str]:
    """Return the main fields that a condition gives, in their order; a sound one gives exactly one."""
    mains = [name for name in ABOUT if getattr(condition, name) is not None]
    claimed = {each for name in mains for each in ABOUT[name].takes}
    return [name for name in mains if name not in _SECOND or name not in claimed]


def wanted(said: Words) -> tuple[str, ...]:
    """Return one word or several as a tuple."""
    return () if said is None else (said,) if isinstance(said, str) else said


def check_condition(condition: Condition, level: Level, where: str) -> None:
    """Raise DefinitionError when a condition says nothing, too much, or what cannot be."""
    mains = given(condition)
    if (condition.trait is None) != (condition.equals is None) and len(mains) <= 1:
        fail(where, "`trait` and `is` go together")
    if len(mains) != 1:
        fail(where, f"give exactly one condition, not {len(mains)}")
    main = mains[0]
    about = ABOUT[main]
    if level not in about.levels:
        fail(where, f"{main}: this is said of people; set `of: people`")
    for name in Condition.__struct_fields__:
        if name not in (main, "negated", *about.takes) and getattr(condition, name) is not None:
            fail(where, f"{name}: does not go with {main}")
    _check_choices(condition, where)
    _check_numbers(condition, where)


def _check_choices(condition: Condition, where: str) -> None:
    for name in ("tier", "region", "owner", "band", "role", "standing", "account", "segment", "ids"):
        if getattr(condition, name) == ():
            fail(where, f"{name}: the list is empty")
    for standing in wanted(condition.standing):
        if standing not in STANDINGS:
            fail(where, f"standing: {standing!r} is none; it is one of {', '.join(STANDINGS)}")
    if condition.unknown is not None and condition.unknown not in UNKNOWABLE:
        fail(where, f"unknown: {condition.unknown!r} is none of {', '.join(UNKNOWABLE)}")
    if condition.moved is not None and condition.moved not in MOVES:
        fail(where, f"moved: {condition.moved!r} is none of {', '.join(MOVES)}")
    if condition.words is not None and not condition.words.strip():
        fail(where, "words: say at least one letter to look for")


def _check_numbers(condition: Condition, where: str) -> None:
    for name in (*_COUNTS, *_FROM_ONE, "at_most"):
        number = getattr(condition, name)
        least = 1 if name in _FROM_ONE else 0
        if number is not None and not least <= number <= _MOST.get(name, _LONGEST_DAYS):
            fail(where, f"{name}: a whole number from {least} to {_MOST.get(name, _LONGEST_DAYS)}")
    if condition.main in ("active_days", "moved") and condition.in_days is None:
        fail(where, f"{condition.main}: say `in_days` too")
    if condition.active_days is not None and condition.active_days > (condition.in_days or 0):
        fail(where, f"active_days: there are only {condition.in_days} days to be active on")
    if condition.at_least is not None and condition.at_most is not None:
        fail(where, "give at_least or at_most, not both")
    from_on, until_on = condition.provisioned_from, condition.provisioned_until
    if from_on and until_on and from_on >= until_on:
        fail(where, "provisioned_until: must come after provisioned_from")


_MOST = {"at_least": 1_000_000_000, "at_most": 1_000_000_000, "strays_at_least": 1_000_000_000}
