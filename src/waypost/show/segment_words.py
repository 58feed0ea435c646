"""Segments in words: the sentence of a rule, and the fact that decides a condition for one person or account."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from waypost.measure import STANDINGS, Condition, Level, Part, Segment, wanted
from waypost.show import charts, people, words
from waypost.show.rules import Rules

STRAYS = frozenset({"strayed", "lapsed"})
ON_PATH = frozenset(STANDINGS) - STRAYS
FIELDS = {
    "tier": "tier",
    "region": "region",
    "owner": "owner",
    "band": "health",
    "value": "value",
    "renews_on": "renewal day",
}
MOVES = {
    "fell": ("fell", "did not fall"),
    "rose": ("rose", "did not rise"),
    "band": ("changed band", "kept its band"),
}
MOST_NAMED = 5
PARTS_OF_STANDING = 5


class Wording:
    """Says conditions and rules of one level in words, with the names of the workspace's definitions."""

    def __init__(self, rules: Rules, of: Level, accounts: Mapping[str, str] | None = None) -> None:
        """Speak about people or accounts; `accounts` are names by id, and an id without one stands for itself."""
        self._rules, self._of, self._accounts = rules, of, accounts or {}
        self._people = of is Level.PEOPLE

    def sentence(self, segment: Segment) -> str:
        """Return the whole rule as one sentence."""
        head = "People" if self._people else "Accounts"
        if not segment.where:
            return "Everybody who belongs to an account." if self._people else "All accounts."
        said = [self._part(each) for each in segment.where]
        return f"{head} {f', {self._link(segment.match)} '.join(said)}."

    def condition(self, condition: Condition) -> str:
        """Return one condition as a clause that follows "people" or "accounts": `who used Exports in 28 days`."""
        saying = {
            **dict.fromkeys(("tier", "region", "owner", "band", "trait"), self._fact),
            **dict.fromkeys(("value_at_least", "value_below", "renews_within_days"), self._contract),
            **dict.fromkeys(("moved", "strays_at_least", "unknown"), self._account_so),
            **dict.fromkeys(("role", "champion", "signs_renewal", "account", "words"), self._person),
            **dict.fromkeys(("standing", "journey", "due_within_days"), self._stands),
            **dict.fromkeys(("seen_within_days", "provisioned_within_days"), self._days),
            **dict.fromkeys(("provisioned_from", "provisioned_until"), self._span),
            **dict.fromkeys(("feature", "active_days"), self._used),
            **dict.fromkeys(("segment", "ids"), self._among),
        }
        return saying[condition.main](condition)

    def value(self, condition: Condition, value: str | None, today: date) -> str:
        """Return the fact that decided a condition, in words; without one it says that nothing is known."""
        main = condition.main
        if main == "seen_within_days":
            return f"Last seen {_day(value, today)}" if value else "Never seen"
        if main in ("standing", "journey", "due_within_days"):
            return self._stood(value, today)
        return self._said(main, value, today) if value is not None else "Not known"

    def _said(self, main: str, value: str, today: date) -> str:
        saying: dict[str, Callable[[], str]] = {
            "tier": lambda: self._rules.tiers.name_of(value),
            "band": lambda: charts.band_word(value),
            "owner": lambda: words.name_of_email(value),
            "role": lambda: _plain(value),
            "account": lambda: self._accounts.get(value, value),
            "renews_within_days": lambda: f"Renews {_day(value, today)}",
            "moved": lambda: value.replace("\x1f", " to "),
            "feature": lambda: words.plural(int(value), "time", "times"),
            "active_days": lambda: words.plural(int(value), "day", "days"),
            "strays_at_least": lambda: words.plural(int(value), "stray", "strays"),
            **dict.fromkeys(
                ("value_at_least", "value_below"), lambda: f"{words.number(float(value))} a year"
            ),
            **dict.fromkeys(
                ("provisioned_within_days", "provisioned_from", "provisioned_until"),
                lambda: f"Got access {_day(value, today)}",
            ),
            **dict.fromkeys(
                ("champion", "signs_renewal", "segment"), lambda: "Yes" if value == "true" else "No"
            ),
        }
        return saying[main]() if main in saying else value

    def _part(self, part: Part) -> str:
        if not part.word:
            return self.condition(part)
        said = f" {self._link(part.word)} ".join(self.condition(each) for each in part.members)
        if part.negated:
            return f"not ({said})"
        return said if len(part.members) == 1 else f"({said})"

    def _link(self, match: str) -> str:
        return "or" if match == "any" else "and"

    @property
    def _whose(self) -> str:
        return "whose account’s" if self._people else "whose"

    def _fact(self, c: Condition) -> str:
        name = c.trait.replace("_", " ").replace(".", " ") if c.trait else FIELDS[c.main]
        is_it = "is not" if c.negated else "is"
        match c.main:
            case "tier":
                names = [self._rules.tiers.name_of(each) for each in wanted(c.tier)]
            case "band":
                names = [charts.band_word(each) for each in wanted(c.band)]
            case "owner":
                names = [words.name_of_email(each) for each in wanted(c.owner)]
            case "trait":
                names = [c.equals or ""]
            case _:
                names = list(wanted(c.region))
        return f"{self._whose} {name} {is_it} {listed(names)}"

    def _contract(self, c: Condition) -> str:
        if c.main == "renews_within_days":
            is_it = "is not" if c.negated else "is"
            return f"{self._whose} renewal {is_it} within {_days(c.renews_within_days)}"
        least = (c.main == "value_at_least") != c.negated
        worth = words.number(c.value_at_least if c.value_at_least is not None else c.value_below)
        return f"{self._whose} contract is worth {'at least' if least else 'less than'} {worth} a year"

    def _account_so(self, c: Condition) -> str:
        if c.main == "moved":
            return f"{self._whose} health {MOVES[c.moved or 'fell'][c.negated]} over {_days(c.in_days)}"
        if c.main == "unknown":
            return f"{self._whose} {FIELDS[c.unknown or 'tier']} is {'known' if c.negated else 'not known'}"
        has = "whose account has" if self._people else "that have"
        count = words.plural(c.strays_at_least or 0, "stray", "strays")
        return f"{has} {'fewer than' if c.negated else 'at least'} {count}"

    def _person(self, c: Condition) -> str:
        match c.main:
            case "role":
                roles = listed([_plain(each).lower() for each in wanted(c.role)])
                return f"whose role {'is not' if c.negated else 'is'} {roles}"
            case "champion":
                return "who are champions" if c.champion != c.negated else "who are not champions"
            case "signs_renewal":
                return f"who {'' if c.signs_renewal != c.negated else 'do not '}sign the renewal"
            case "account":
                names = listed([self._accounts.get(each, each) for each in wanted(c.account)])
                return f"who {'do not ' if c.negated else ''}work at {names}"
        which = "name, e-mail or id" if self._people else "name or id"
        return f"whose {which} {'does not hold' if c.negated else 'holds'} “{c.words}”"

    def _stands(self, c: Condition) -> str:
        who, no = "who" if self._people else "that", " not" if c.negated else ""
        if c.main == "due_within_days":
            have = "do not have" if c.negated else "have"
            return f"{who} {have} a milestone due within {_days(c.due_within_days)}"
        where = f" {self._on(c.journey)}" if c.journey else ""
        where += f" at {self._rules.milestone_name(c.journey, c.milestone)}" if c.milestone else ""
        if c.main == "journey":
            return f"{who} are{no}{where}"
        meant = frozenset(c.standings)
        if meant == STRAYS:
            said = f"{who} are{no} strays{where}"
        elif meant == ON_PATH:
            said = f"{who} are{no} on their path{where}"
        else:
            names = [people.STANDING_WORDS.get(each, each).lower() for each in c.standings]
            said = f"whose standing is{no} {listed(list(dict.fromkeys(names)))}{where}"
        said += f", since at most {_days(c.within_days)}" if c.within_days is not None else ""
        return said + (f", for {_days(c.for_days)} or more" if c.for_days is not None else "")

    def _days(self, c: Condition) -> str:
        if c.main == "seen_within_days":
            return f"who were {'not ' if c.negated else ''}seen in the last {_days(c.seen_within_days)}"
        if c.negated:
            return f"who got access more than {_days(c.provisioned_within_days)} ago"
        return f"who got access in the last {_days(c.provisioned_within_days)}"

    def _span(self, c: Condition) -> str:
        since = f" on or after {words.day(c.provisioned_from)}" if c.provisioned_from else ""
        until = f" before {words.day(c.provisioned_until)}" if c.provisioned_until else ""
        link = " and" if since and until else ""
        return f"who {'did not get' if c.negated else 'got'} access{since}{link}{until}"

    def _used(self, c: Condition) -> str:
        who = "who" if self._people else "that"
        within = f" in {_days(c.in_days)}" if c.in_days else ""
        if c.main == "active_days":
            how = "fewer than" if c.negated else "at least"
            return f"{who} were active on {how} {words.plural(c.active_days or 0, 'day', 'days')}{within}"
        feature = self._rules.catalogue.feature(c.feature or "")
        name = feature.name if feature else c.feature
        if c.at_most is not None:
            how = "more than" if c.negated else "at most"
            return f"{who} used {name} {how} {words.plural(c.at_most, 'time', 'times')}{within}"
        least = c.at_least or 1
        if least == 1:
            return f"{who} {'never used' if c.negated else 'used'} {name}{within}"
        return f"{who} used {name} {'fewer than' if c.negated else 'at least'} {least:,} times{within}"

    def _among(self, c: Condition) -> str:
        are = f"{'who' if self._people else 'that'} are {'not ' if c.negated else ''}"
        if c.main == "ids":
            one, many = ("person", "people") if self._people else ("account", "accounts")
            return f"{are}among {words.plural(len(c.ids or ()), f'chosen {one}', f'chosen {many}')}"
        names = {each.key: each.name for each in self._rules.segments}
        return f"{are}in {listed([f'“{names.get(each, each)}”' for each in c.segments])}"

    def _on(self, journey: str) -> str:
        found = self._rules.journeys.get(journey)
        return f"on the {found.name if found else journey}"

    def _stood(self, value: str | None, today: date) -> str:
        parts = (value or "").split("\x1f")
        if len(parts) != PARTS_OF_STANDING:
            return "On no journey"
        journey, standing, milestone, since, due = parts
        said = people.STANDING_WORDS.get(standing, standing)
        said += f" at {self._rules.milestone_name(journey, milestone)}" if milestone else ""
        said += f" {self._on(journey)} since {_day(since, today)}"
        return said + (f", due {_day(due, today)}" if due else "")


def listed(names: Sequence[str]) -> str:
    """Return names as a list with "or"; of many, the first few and how many more."""
    if len(names) > MOST_NAMED:
        return f"{', '.join(names[:MOST_NAMED])} or {len(names) - MOST_NAMED} more"
    return " or ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _days(count: int | None) -> str:
    return words.plural(count or 0, "day", "days")


def _day(value: str, today: date) -> str:
    return words.day(date.fromisoformat(value), today)


def _plain(value: str) -> str:
    return value.replace("_", " ").capitalize()
