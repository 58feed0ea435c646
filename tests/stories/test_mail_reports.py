"""A service that sends mail tells what became of it: of ours it is a touch's outcome, and other mail is no touch."""

from pathlib import Path

import polars as pl

from tests.collect.door import Door
from tests.collect.hooks.sending import SECRET
from tests.collect.hooks.test_mailgun import event, sent
from tests.tale import Tale
from waypost.core import AccountId, InterventionId, PersonId, SignalId
from waypost.run.interventions import Interventions
from waypost.run.secret import secret_of
from waypost.store import Intervention, InterventionState, Suppressions, intake_of
from waypost.store import Interventions as Outbox

OURS = InterventionId("0" * 32)


def _has_been_sent(tale: Tale) -> None:
    """A play has written to Ada."""
    now, outbox = tale.clock.at, Outbox(tale.workspace.operations)
    one = Intervention(
        intervention_id=OURS,
        play="back",
        account_id=AccountId("acme"),
        person_id=PersonId("ada"),
        signal_id=SignalId("1" * 32),
        signal="strayed",
        state=InterventionState.DUE,
        decided_at=now,
        held_out=False,
        channel="email",
        address="ada@acme.example",
        due_at=now,
    )
    outbox.record([one], play="back", through=1)
    assert outbox.claim(OURS, now, weekly=2)
    assert outbox.sent(OURS, now)


def _reached(tale: Tale) -> int:
    asked = {
        "journey": "analyst",
        "today": tale.clock.at.date(),
        "everybody": True,
        "since": None,
        "until": None,
    }
    nobody = pl.DataFrame(schema={"person_id": pl.String, "account_id": pl.String})
    frames = {"pairs": nobody, "chosen_accounts": nobody.drop("person_id")}
    found = tale.workspace.warehouse.ask(
        "show/journey_map", {**asked, "reached_since": tale.clock.at.date()}, frames
    )
    return int(found["reached"].sum())


def test_our_mail_and_theirs(tmp_path: Path) -> None:
    tale = (
        Tale("acme").joins("ada", email="ada@acme.example").joins("ben", email="ben@acme.example").on_day(1)
    )
    tale.round()
    door = Door(tmp_path, now=tale.clock.at)
    door.signs(SECRET)
    _has_been_sent(tale)
    at = int(tale.clock.at.timestamp())
    ours = {"headers": {"message-id": f"{OURS}@waypost.example"}}
    theirs = {"headers": {"message-id": "20260203192638@shop.example"}}
    for said in (
        event("delivered", message=ours, timestamp=at),
        event("complained", message=ours, timestamp=at),
        event("delivered", message=theirs, timestamp=at, recipient="ben@acme.example"),
        event("opened", message=theirs, timestamp=at, recipient="nobody@shop.example"),
    ):
        assert sent(door, said, at=at) == 200
    tale.workspace.inbox.put([intake_of("mailgun", door.events(), door.now)])
    # What another tool sent is imported by the name that we use for our own.
    tale.by("ben").tells("delivery", "sent", subject="News").round()
    Interventions(tale.workspace, secret_of(None)).decide()
    tale.round()
    asked = "select name, person_id from events where kind = 'delivery' and source = 'waypost' order by name"
    assert tale.rows(asked) == [("complained", "ada"), ("delivered", "ada"), ("sent", "ada")]
    assert tale.rows("select count(*) from events where kind = 'delivery' and source = 'segment:web'") == [
        (4,)
    ]
    assert Suppressions(tale.workspace.operations).addresses() == {"ada@acme.example"}
    assert _reached(tale) == 1, "one of the two was reached by us"
    people = "select person_id from people order by person_id"
    assert tale.rows(people) == [("ada",), ("ben",)], "whoever gets mail is not yet somebody who uses it"
    door.close()
