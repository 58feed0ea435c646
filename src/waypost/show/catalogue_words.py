"""The catalogue in words: what a match means, and how one catalogue differs from another."""

import msgspec

from waypost.measure import Catalogue, Feature, Match, Setting, Where

KIND_WORDS = {
    "track": "event",
    "page": "page",
    "screen": "screen",
    "log": "request",
    "row": "row",
}


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a draft changes, in words."""

    about: str
    says: str


def match_words(match: Match) -> str:
    """Return what a match means: `request GET /reports/:id`, `row export_run where status is done`."""
    parts = [_who(match)]
    if match.source is not None:
        parts.append(f"from {match.source}")
    parts += [
        f"{'where' if nr == 0 else 'and'} {where_words(each)}" for nr, each in enumerate(match.conditions)
    ]
    said = " ".join(parts)
    if match.actor is not None:
        said += f", as {match.actor.value} use"
    if match.value is not None:
        said += f", its value in {match.value}"
    return f"{said}, which sets it to {match.set_to}" if match.set_to is not None else said


def where_words(where: Where) -> str:
    """Return a condition: `rows is at least 10`."""
    name = where.property
    if where.exists is not None:
        return f"{name} is {'there' if where.exists else 'not there'}"
    if where.equals is not None:
        return f"{name} is {where.equals}"
    if where.is_not is not None:
        return f"{name} is not {where.is_not}"
    if where.one_of is not None:
        return f"{name} is one of {', '.join(str(value) for value in where.one_of)}"
    bounds = [f"at least {where.at_least:g}"] if where.at_least is not None else []
    bounds += [f"at most {where.at_most:g}"] if where.at_most is not None else []
    return f"{name} is {' and '.join(bounds)}"


def differences(before: Catalogue, after: Catalogue) -> list[Difference]:
    """Return everything that differs between two catalogues, features first."""
    found = [each for key in _keys(before.features, after.features) for each in _feature(key, before, after)]
    found += [each for key in _keys(before.settings, after.settings) for each in _setting(key, before, after)]
    found += [
        Difference(about="Noise", says=f"no longer {match_words(m)}")
        for m in before.noise
        if m not in after.noise
    ]
    return found + [
        Difference(about="Noise", says=f"also {match_words(m)}") for m in after.noise if m not in before.noise
    ]


def _who(match: Match) -> str:
    kind = KIND_WORDS.get(match.kind.value, match.kind.value) if match.kind else ""
    if match.table is not None:
        return f"row of {match.table}"
    name = match.event or ""
    if match.ignore_case:
        name += " in any case"
    if match.path is not None:
        said = f"{kind or 'page or request'} {match.path}"
        return f"{said} named {name}" if match.event else said
    return f"{kind or 'event'} {name}" if match.event else f"every {kind or 'event'}"


def _keys(
    before: tuple[Feature, ...] | tuple[Setting, ...], after: tuple[Feature, ...] | tuple[Setting, ...]
) -> list[str]:
    return list(dict.fromkeys(each.key for each in (*before, *after)))


def _feature(key: str, before: Catalogue, after: Catalogue) -> list[Difference]:
    return _thing(before.feature(key), after.feature(key), "feature")


def _setting(key: str, before: Catalogue, after: Catalogue) -> list[Difference]:
    return _thing(before.setting(key), after.setting(key), "setting")


def _thing(one: Feature | Setting | None, other: Feature | Setting | None, what: str) -> list[Difference]:
    if one is None and other is not None:
        means = "; ".join(match_words(match) for match in other.match)
        return [Difference(about=other.name, says=f"is a new {what}: {means}")]
    if other is None or one is None:
        return [Difference(about=one.name, says=f"is no {what} any more")] if one else []
    found = [f"no longer means {match_words(match)}" for match in one.match if match not in other.match]
    found += [f"also means {match_words(match)}" for match in other.match if match not in one.match]
    for field in one.__struct_fields__:
        was, is_now = getattr(one, field), getattr(other, field)
        if field == "once" and was != is_now:
            found.append(once_words(is_now) if is_now else "counts again what each of its sources tells")
        elif field not in ("key", "match") and was != is_now:
            found.append(f"{field.replace('_', ' ')} was {_plain(was)} and becomes {_plain(is_now)}")
    if not found and one.match != other.match:
        found.append("means the same in another order")
    return [Difference(about=other.name, says=says) for says in found]


def once_words(sources: tuple[str, ...]) -> str:
    """Return in words that sources tell the same uses, and which of them is believed first."""
    several = f"{', '.join(sources[:-1])} and {sources[-1]}"
    return f"counts once what {several} tell of the same minute, as {sources[0]} tells it"


def _plain(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
