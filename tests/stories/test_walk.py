"""The walk: real events in, strays and reasons seen, a touch sent, the return noticed."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from segment.analytics.client import Client

from tests.stories.town import Town

NOW = datetime.now(tz=UTC)
ACCOUNTS = [f"acme-{nr}" for nr in range(1, 11)]
ENTERPRISE = "big-acme"

pytestmark = pytest.mark.story


def test_a_stray_is_written_to_comes_back_and_everything_adds_up(town: Town) -> None:
    segment = Client(town.key(), host=town.collector, gzip=True)
    _arrive(segment)
    _contract(town)

    strays = _signals(town, "strayed")
    assert {row["person_id"] for row in strays} == {f"ada@{account}" for account in [*ACCOUNTS, ENTERPRISE]}

    held_out = {row["account_id"] for row in _decisions(town) if row["held_out"] == "true"}
    contacted = [account for account in ACCOUNTS if account not in held_out]
    assert contacted, "with a share of 0.3, ten accounts held out of ten are one chance in 170,000"
    letters = town.until(lambda: len(town.letterbox.letters) >= len(contacted) and town.letterbox.letters)
    assert sorted(_addresses(letters)) == sorted(f"ada@{account}.example" for account in contacted)
    _letters_are_in_order(letters)
    if ENTERPRISE not in held_out:
        touches = town.sql(
            "select * from events where kind = 'intervention' and properties ->> '$.channel' = 'touch'"
        )
        assert [row["account_id"] for row in touches] == [ENTERPRISE]

    before = _scores(town)
    for account in contacted:
        segment.track(f"ada@{account}", "Report Exported", context={"groupId": account})
    segment.flush()
    returned = town.until(lambda: len(_rows(town, "returned")) == len(contacted) and _rows(town, "returned"))
    assert {row["account_id"] for row in returned} == set(contacted)
    after = _scores(town)
    assert all(after[account] > before[account] for account in contacted)
    assert _ledger_gap(town) < 1e-9
    segment.join()


def _arrive(segment: Client) -> None:
    """Everybody was given access eight days ago, signed in once, and never exported a report."""
    day_0 = NOW - timedelta(days=8)
    for account in [*ACCOUNTS, ENTERPRISE]:
        person = f"ada@{account}"
        traits = {"name": "Ada Okoro", "email": f"{person}.example"}
        segment.identify(person, traits, timestamp=day_0)
        segment.group(person, account, {"name": account.title()}, timestamp=day_0)
        segment.track(person, "Signed In", timestamp=day_0)
    segment.flush()


def _contract(town: Town) -> None:
    signed = {
        "kind": "contract",
        "name": "signed",
        "happened_at": (NOW - timedelta(days=9)).isoformat(),
        "account_id": ENTERPRISE,
        "properties": {"contract_id": "c1", "value": 90_000, "currency": "EUR", "seats": 5},
    }
    _import(town, [signed])


def _import(town: Town, events: Sequence[Mapping[str, object]]) -> None:
    file = town.folder.parent / "facts.ndjson"
    file.write_text("\n".join(json.dumps(event) for event in events) + "\n")
    town.command("import", str(file), "--source", "crm")


def _signals(town: Town, name: str) -> list[dict[str, str]]:
    whole = len(ACCOUNTS) + 1
    rows: list[dict[str, str]] = town.until(lambda: len(_rows(town, name)) >= whole and _rows(town, name))
    return rows


def _rows(town: Town, name: str) -> list[dict[str, str]]:
    raised = town.sql("select name, person_id, account_id from events where kind = 'signal'")
    return [row for row in raised if row["name"] == name]


def _decisions(town: Town) -> list[dict[str, str]]:
    question = """
        select account_id, properties ->> '$.held_out' as held_out from events
        where kind = 'intervention' and name = 'decided'
    """
    whole = len(ACCOUNTS) + 1
    rows: list[dict[str, str]] = town.until(lambda: len(town.sql(question)) >= whole and town.sql(question))
    return rows


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
