"""The preview and the back-test of a draft, in words and rows."""

from datetime import date

import msgspec

from waypost.journey import Journey, Of
from waypost.learn import LATER_DAYS, SILENT_DAYS, Month, Share, Trial
from waypost.show import words
from waypost.show.addresses import piece, with_query
from waypost.show.visit import Visit

HEAD = [
    "month",
    "rules",
    "people",
    "strayed",
    "not_lost_before",
    "lost_later",
    "lost_later_low",
    "lost_later_high",
    "lost",
    "not_flagged",
    "not_flagged_low",
    "not_flagged_high",
    "median_lead_days",
    "open",
]


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a draft comes to beside the version in force; `same` says that it judges alike."""

    draft: Trial
    published: Trial | None
    many: str
    one: str
    same: bool

    @property
    def says(self) -> str:
        """The preview as a sentence."""
        would = "is a stray" if self.draft.strays == 1 else "are strays"
        said = f"With these rules {words.number(self.draft.strays)} of {self.counted(self.draft)} "
        return said + (f"{would} today" if self.same else "would be strays today")

    @property
    def lost_says(self) -> str:
        """How many of today's strays were lost after they strayed."""
        if not self.draft.strays:
            return "None of them is lost later, for there is none."
        verb = "was" if self.draft.lost_since == 1 else "were"
        return f"{words.number(self.draft.lost_since)} of them {verb} lost later"

    @property
    def sampled(self) -> bool:
        """Whether only some of the people could be judged while somebody types."""
        return self.draft.looked_at < self.draft.of_all

    @property
    def months(self) -> list[tuple[Month, Month | None]]:
        """The months since anybody was on the journey, newest first, each beside that of the version in force."""
        others = self.published.months if self.published else [None] * len(self.draft.months)
        both = list(zip(self.draft.months, others, strict=True))
        first = next((nr for nr, (each, _) in enumerate(both) if each.people), len(both))
        return both[first:][::-1]

    def counted(self, trial: Trial) -> str:
        """Return how many a trial is about."""
        return words.plural(trial.people, self.one, self.many)


def preview(visit: Visit, journey: Journey, published: Journey | None) -> Preview | None:
    """Try a draft out beside the version in force; None where nobody can try rules out."""
    tries = visit.desk.trials
    if tries is None:
        return None
    one, many = ("account", "accounts") if journey.of is Of.ACCOUNTS else ("person", "people")
    return Preview(
        draft=tries.of(journey),
        published=tries.of(published) if published and published != journey else None,
        one=one,
        many=many,
        same=published == journey,
    )


def share_says(share: Share) -> str:
    """Return a share with its interval and count in words."""
    if share.share is None or share.low is None or share.high is None:
        return "Nobody to count"
    between = f"{words.percent(share.low)} to {words.percent(share.high)}"
    return (
        f"{words.percent(share.share)} ({between}), {words.number(share.count)} of {words.number(share.of)}"
    )


def who_href(
    key: str, what: str, *, hits: bool = False, published: bool = False, month: date | None = None
) -> str:
    """Return where those behind a count are listed: all that it is of, or the hits among them."""
    query = {
        "what": what,
        "side": "hits" if hits else None,
        "rules": "published" if published else None,
        "month": f"{month:%Y-%m}" if month else None,
    }
    return with_query(f"/journeys/{piece(key)}/back-test/who", query)


def lost_means() -> str:
    """Return what being lost later means."""
    return (
        f"Lost: no use for {SILENT_DAYS} days, or the account’s contract ended. Lost later: within {LATER_DAYS} "
        "days after straying. It goes with straying; it is not caused by it."
    )


def rows(found: Preview | None) -> list[list[object]]:
    """Return the back-test as rows of a file."""
    if found is None:
        return []
    both = [("draft", found.draft), ("published", found.published)]
    return [_row(name, month) for name, trial in both if trial for month in trial.months]


def _row(name: str, month: Month) -> list[object]:
    out = month.outcome
    return [
        *(month.first_on.strftime("%Y-%m"), name, month.people, out.strayed),
        *(out.lost_later.of, out.lost_later.count, out.lost_later.low, out.lost_later.high),
        *(out.missed.of, out.missed.count, out.missed.low, out.missed.high),
        *(out.lead_days, month.is_open),
    ]
