import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.run.conftest import Type
from waypost.collect import NEVER_SAYS, READERS, Never
from waypost.store import Inbox, Intake, Way, sample

pytestmark = pytest.mark.usefixtures("anyhow")

WAY = Way(family="segment", path="/v1/track")
SOUND = {"type": "track", "event": "Exported", "userId": "ada", "messageId": "m1"}


def refuse(data: Path) -> None:
    inbox = Inbox(data / "inbox.db", READERS)
    kept = (
        sample("wrong_origin", "", json.dumps(SOUND), WAY),
        sample("no_name", "", '{"type":"track","userId":"ada"}', WAY),
        sample("no_name", "", "of a file"),
    )
    inbox.put([Intake(source="web", received_at=datetime.now(UTC), samples=kept)])
    inbox.close()


def test_what_was_refused_is_listed_and_sent_again(type_in: Type, data: Path) -> None:
    refuse(data)
    listed = type_in("refused", "list").lines
    assert [line.split("\t")[:4] for line in listed[1:]] == [
        ["web", "no_name", "2", "1"],
        ["web", "wrong_origin", "1", "1"],
    ]
    assert len(type_in("refused", "list", "--reason", "no_name", "--source", "web").lines) == 2
    assert type_in("refused", "replay").lines == [
        "samples accepted: 1, events stored: 1",
        "    1 refused again: no_name",
        f"    1 cannot be sent again: {NEVER_SAYS[Never.NO_WAY]}",
    ]
    again = type_in("refused", "replay", "--reason", "wrong_origin")
    assert again.out == "samples accepted: 0, events stored: 0\n"
    type_in("round")
    told = type_in(
        "sql", "select json_extract_string(properties, '$.by') from events where name = 'refused_replayed'"
    )
    assert told.out.count("the command line") == 2
    assert type_in("sql", "select count(*) as n from events where person_id = 'ada'").lines[-1].strip() == "1"
