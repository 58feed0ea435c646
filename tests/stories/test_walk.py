"""The walk: real events in, strays and reasons seen, a touch sent, the return noticed."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from segment.analytics.client import Client

from tests.stories.member import Member
from tests.stories.town import Town

NOW = datetime.now(tz=UTC)
ACCOUNTS = [f"acme-{nr}" for nr in range(1, 11)]
ENTERPRISE = ["big-acme-1", "big-acme-2", "big-acme-3"]
PEOPLE = {account: f"ada@{account}" for account in [*ACCOUNTS, *ENTERPRISE]}

pytestmark = pytest.mark.story


def test_a_stray_is_written_to_comes_back_and_everything_adds_up(town: Town) -> None:
    segment = Client(town.key(), host=town.collector, gzip=True)
    _import(town, [_signed(account) for account in ENTERPRISE])
    _arrive(segment)

    strays = _signals(town, "strayed", len(PEOPLE))
    assert {row["person_id"] for row in strays} == set(PEOPLE.values())

    held_out = _held_out(town)
    written_to = [account for account in ACCOUNTS if account not in held_out]
    called = [account for account in ENTERPRISE if account not in held_out]
    assert written_to, "with a share of 0.3, all ten held out is one chance in 170,000"
    letters = town.until(lambda: len(town.letterbox.letters) >= len(written_to) and town.letterbox.letters)
    assert sorted(_addresses(letters)) == sorted(f"{PEOPLE[account]}.example" for account in written_to)
    _letters_are_in_order(letters)
    today = Member(town, town.member()).page("/")
    assert all((account.title() in today) == (account in called) for account in ENTERPRISE)

    before = _scores(town)
    back = [*written_to, *called]
    for account in back:
        segment.track(PEOPLE[account], "Report Exported", context={"groupId": account})
    segment.flush()
    returned = _signals(town, "returned", len(back))
    assert {row["account_id"] for row in returned} == set(back)
    after = _scores(town)
    assert all(after[account] > before[account] for account in back)
    assert _ledger_gap(town) < 1e-9
    _the_result_is_counted(town, treated=len(back), held_out=len(held_out))
    segment.join()


def _arrive(segment: Client) -> None:
    """Everybody was given access eight days ago, signed in once, and never exported a report."""
    day_0 = NOW - timedelta(days=8)
    for account, person in PEOPLE.items():
        segment.identify(person, {"name": "Ada Okoro", "email": f"{person}.example"}, timestamp=day_0)
        segment.group(person, account, {"name": account.title()}, timestamp=day_0)
        segment.track(person, "Signed In", timestamp=day_0)
    # Somebody uses the product today, so the silence of the others is not taken for an outage.
    segment.group("cleo", "beta", {"name": "Beta"})
    segment.track("cleo", "Report Exported")
    segment.flush()


def _signed(account: str) -> dict[str, object]:
    return {
        "kind": "contract",
        "name": "signed",
        "happened_at": (NOW - timedelta(days=9)).isoformat(),
        "account_id": account,
        "properties": {"contract_id": account, "value": 90_000, "currency": "EUR", "seats": 5},
    }


def _import(town: Town, events: Sequence[Mapping[str, object]]) -> None:
    file = town.folder.parent / "facts.ndjson"
    file.write_text("\n".join(json.dumps(event) for event in events) + "\n")
    town.command("import", str(file), "--source", "crm")


def _signals(town: Town, name: str, number: int) -> list[dict[str, str]]:
    def raised() -> list[dict[str, str]]:
        every = town.sql("select name, person_id, account_id from events where kind = 'signal'")
        found = [row for row in every if row["name"] == name]
        return found if len(found) >= number else []

    return list(town.until(raised))


def _held_out(town: Town) -> set[str]:
    """Return the accounts that are left alone, once every stray has been decided about."""
    question = """
        select account_id, properties ->> '$.held_out' as held_out from events
        where kind = 'intervention' and name = 'decided'
    """

    def decided() -> list[dict[str, str]]:
        found = town.sql(question)
        return found if len(found) >= len(PEOPLE) else []

    return {row["account_id"] for row in town.until(decided) if row["held_out"] == "true"}


def _the_result_is_counted(town: Town, *, treated: int, held_out: int) -> None:
    page = Member(town, town.member("ben@lodeline.example")).page("/interventions/back")
    words = re.sub(r"<[^>]+>|\s+", " ", page)
    assert "Bring back first-week strays" in words
    assert re.search(rf"\b{held_out}\b", words)
    assert re.search(rf"\b{treated}\b", words)


def _addresses(letters: Sequence[EmailMessage]) -> list[str]:
    return [re.sub(r".*<(.*)>", r"\1", str(letter["To"])) for letter in letters]


def _letters_are_in_order(letters: Sequence[EmailMessage]) -> None:
    for letter in letters:
        assert letter["Subject"] == "Your first report, Ada"
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert {part.get_content_type() for part in letter.walk()} >= {"text/plain", "text/html"}


def _scores(town: Town) -> dict[str, float]:
    rows = town.sql("select account_id, score from scores where on_day = (select max(on_day) from scores)")
    return {row["account_id"]: row["score"] for row in rows if row["score"] is not None}


def _ledger_gap(town: Town) -> float:
    (row,) = town.sql("""
        with moved as (
          select account_id, on_day, score - lag(score) over (partition by account_id order by on_day) as moved
          from scores
        ), told as (select account_id, on_day, sum(points) as points from ledger group by account_id, on_day)
        select max(abs(coalesce(moved, 0) - coalesce(points, 0))) as gap
        from moved left join told using (account_id, on_day) where moved is not null
    """)
    return float(row["gap"])
