"""Numbers, days and counts in words: a true minus sign, dates written out, one plural function."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

MINUS = "−"
CURRENCIES = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
THOUSAND, MILLION = 1_000, 1_000_000
FAR_DAYS = 60


def number(value: float | None) -> str:
    """Return a number with thousands marks and no needless decimals; an en dash when there is none."""
    if value is None:
        return "–"
    whole = round(value)
    return f"{whole:,}".replace("-", MINUS)


def decimal(value: float | None) -> str:
    """Return a number with at most one decimal: 2.5, 3."""
    if value is None:
        return "–"
    return f"{value:,.1f}".removesuffix(".0").replace("-", MINUS)


def signed(value: float) -> str:
    """Return a change: +5, −9, 0."""
    whole = round(value)
    return f"+{whole:,}" if whole > 0 else f"{MINUS}{-whole:,}" if whole < 0 else "0"


def points(value: float) -> str:
    """Return a change with two decimals, for lists whose sum must be seen: +4.25, −0.08."""
    return f"{value:+,.2f}".replace("-", MINUS)


def percent(share: float | None) -> str:
    """Return a share of 0 to 1 as whole percents."""
    return "–" if share is None else f"{round(share * 100)}%"


def fine_percent(share: float | None) -> str:
    """Return a share near 1 with one decimal, and never as 100% when something is missing: 99.4%, 99.9%, 100%."""
    if share is None:
        return "–"
    shown = round(share * 100, 1)
    return f"{min(shown, 99.9) if share < 1 else shown:g}%"


def money(value: float | None, currency: str | None = "EUR") -> str:
    """Return an amount written out: €148,000."""
    if value is None:
        return "–"
    sign = CURRENCIES.get(currency or "", f"{currency} " if currency else "")
    return f"{sign}{round(value):,}"


def short_money(value: float | None, currency: str | None = "EUR") -> str:
    """Return an amount for a table column: €148k, €1.2m."""
    if value is None:
        return "–"
    sign = CURRENCIES.get(currency or "", f"{currency} " if currency else "")
    if value >= MILLION:
        return f"{sign}{value / MILLION:.1f}m".replace(".0m", "m")
    return f"{sign}{round(value / THOUSAND)}k" if value >= THOUSAND else f"{sign}{round(value)}"


def plural(count: int, one: str, many: str) -> str:
    """Return the count with the word that fits it: 1 person, 214 people."""
    return f"{count:,} {one if count == 1 else many}"


def day(on_day: date | None, today: date | None = None) -> str:
    """Return a day as `29 Jan`, with its year unless that is the year of `today`."""
    if on_day is None:
        return "–"
    year = "" if today and today.year == on_day.year else f" {on_day.year}"
    return f"{on_day.day} {on_day:%b}{year}"


def weekday(on_day: date) -> str:
    """Return a day as `Thu 19 Nov`."""
    return f"{on_day:%a} {on_day.day} {on_day:%b}"


def head_day(on_day: date, today: date) -> str:
    """Return the head of a day in a timeline: `Today, Fri 20 Nov`, `Thu 19 Nov`."""
    said = weekday(on_day) if on_day.year == today.year else f"{weekday(on_day)} {on_day.year}"
    return f"Today, {said}" if on_day == today else said


def clock(instant: datetime, zone: str) -> str:
    """Return the time of day of an instant in a zone: `16:03`."""
    return f"{instant.astimezone(ZoneInfo(zone)):%H:%M}"


def clock_to_the_second(instant: datetime, zone: str) -> str:
    """Return the time of day of an instant in a zone, with its seconds: `16:03:12`."""
    return f"{instant.astimezone(ZoneInfo(zone)):%H:%M:%S}"


def stamp(instant: datetime, zone: str) -> str:
    """Return an instant for a machine to read: ISO 8601 with the offset of the zone."""
    return instant.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def seen(instant: datetime | None, now: datetime, zone: str) -> str:
    """Return when somebody was last seen: `Today, 10:42`, `Wed 18 Nov`, `4 Mar`, `Never`."""
    if instant is None:
        return "Never"
    here, today = instant.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    if here.date() == today:
        return f"Today, {here:%H:%M}"
    return weekday(here.date()) if (today - here.date()).days < FAR_DAYS else day(here.date(), today)


def apart(on_day: date | None, today: date) -> str:
    """Return how far a day is: `today`, `in 70 days`, `9 days ago`."""
    if on_day is None:
        return ""
    days = (on_day - today).days
    if days == 0:
        return "today"
    return f"in {plural(days, 'day', 'days')}" if days > 0 else f"{plural(-days, 'day', 'days')} ago"


def span(days: float | None) -> str:
    """Return a length of time, given in days, in its largest unit: `40 min`, `3.5 h`, `9 days`."""
    if days is None:
        return "–"
    if days >= 1:
        said = decimal(days)
        return f"{said} day" if said == "1" else f"{said} days"
    hours = days * 24
    return f"{decimal(hours)} h" if hours >= 1 else f"{round(hours * 60)} min"


def lasted(seconds: float | None) -> str:
    """Return a length of time, given in seconds, in its largest unit: `12 s`, `40 min`, `9 days`."""
    if seconds is None:
        return "–"
    return f"{seconds:.0f} s" if seconds < 60 else span(seconds / 86_400)  # noqa: PLR2004 -- seconds of a minute


def ago(instant: datetime | None, now: datetime) -> str:
    """Return how long ago an instant was, in its largest unit: `40 s ago`, `3 h ago`, `2 days ago`."""
    if instant is None:
        return "never"
    seconds = max(0, int((now - instant).total_seconds()))
    for size, said in ((86_400, "day"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            count = seconds // size
            return f"{plural(count, 'day', 'days')} ago" if said == "day" else f"{count} {said} ago"
    return f"{seconds} s ago"


def first_word(name: str) -> str:
    """Return the first word of an account's name, as its people say it: Halcyon of Halcyon Freight."""
    return (name.split(maxsplit=1) or [name])[0]


def name_of_email(email: str) -> str:
    """Return an e-mail address as a name for a narrow column: yolanda.maddox@x.example is Yolanda Maddox."""
    local = email.partition("@")[0]
    return " ".join(word.capitalize() for word in local.replace("_", ".").split(".") if word) or email


def initials(name: str) -> str:
    """Return up to two initials for the round mark of a member."""
    words = [word for word in name.replace("@", " ").split() if word]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def possessive(name: str) -> str:
    """Return the name with its possessive ending: Halcyon’s, Woods’."""
    return f"{name}’" if name.endswith("s") else f"{name}’s"


def channel(key: str) -> str:
    """Return the name of a way out: `email` is E-mail."""
    return _CHANNELS.get(key, key.capitalize())


_CHANNELS = {"email": "E-mail"}


def browser(agent: str) -> str:
    """Return a browser by what it calls itself: `Firefox on Windows`; as it stands when it is none of the usual."""
    name, system = (
        next((word for mark, word in marks if mark in agent), "") for marks in (_BROWSERS, _SYSTEMS)
    )
    return f"{name} on {system}" if name and system else agent or "Unknown browser"


# Most call themselves by others' names too: the first that stands there is the right one.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),  # codespell:ignore
    ("Linux", "Linux"),
)
