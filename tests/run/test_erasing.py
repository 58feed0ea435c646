from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from waypost.core import Event, Kind, WaypostError
from waypost.run.clock import SetClock
from waypost.run.erasing import erase_person
from waypost.run.settings import Settings
from waypost.run.workspace import Workspace
from waypost.store import Intake, SuppressedBy, Suppressions, intake_of, keep_register, sample

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def test_an_erased_person_is_in_no_table_and_colleagues_stay() -> None:
    workspace = _workspace()
    assert erase_person(workspace, "ada") == 3
    everything = "".join(
        str(workspace.warehouse.look(f"select * from {table}").rows())  # noqa: S608 -- our own tables
        for (table,) in workspace.warehouse.look("show tables").rows()
    )
    assert "ada" not in everything
    assert "browser-1" not in everything
    assert "ben" in everything
    kept = workspace.warehouse.look("select name, properties from events where name = 'erased'").rows()
    assert kept == [("erased", '{"events":3}')]
    assert [each.payload for each in workspace.inbox.quarantined(None, 10)] == ["of ben"]
    assert Suppressions(workspace.operations).addresses() == set()


def test_what_was_told_under_an_erased_address_goes_too() -> None:
    workspace = _workspace()
    told = [
        _event("5", Kind.DELIVERY, "opened", person_id="ada@acme.example"),
        _event("6", Kind.DELIVERY, "opened", person_id="ben@acme.example"),
    ]
    workspace.inbox.put([intake_of("postmark", told, NOW)])
    assert erase_person(workspace, "ada") == 4
    left = workspace.warehouse.look("select person_id from events where kind = 'delivery'").rows()
    assert left == [("ben@acme.example",)]


def test_an_address_that_is_somebody_elses_id_by_now_stays_theirs() -> None:
    workspace = _workspace()
    told = [
        _event("5", Kind.ALIAS, "alias", person_id="ben", former="ada@acme.example"),
        _event("6", Kind.DELIVERY, "opened", person_id="ada@acme.example"),
    ]
    workspace.inbox.put([intake_of("postmark", told, NOW)])
    assert erase_person(workspace, "ada") == 3
    left = workspace.warehouse.look("select person_id from events where kind = 'delivery'").rows()
    assert left == [("ada@acme.example",)]


def test_no_hash_of_an_erased_event_is_kept_and_it_may_come_again() -> None:
    workspace = _workspace()
    with workspace.warehouse.writing() as writer:
        keep_register(writer, least=1)
    erase_person(workspace, "ada")
    with workspace.warehouse.writing() as writer:
        assert writer.register.size == 0
    workspace.inbox.put([intake_of("web", [_event("1", Kind.TRACK, "Opened", person_id="ada")], NOW)])
    assert workspace.round().appended == 1


def test_an_erased_person_is_named_by_no_segment() -> None:
    workspace = _workspace()
    document = {
        "kind": "segment",
        "key": "ada",
        "name": "Two",
        "of": "people",
        "where": [{"ids": ["ada", "ben"]}],
    }
    workspace.publish([document])
    erase_person(workspace, "ada")
    kept = workspace.definitions.newest("segment")[0].document
    assert kept == {**document, "where": [{"ids": ["(erased)", "ben"]}]}


def test_nobody_is_erased_by_an_id_that_nobody_has() -> None:
    workspace = _workspace()
    with pytest.raises(WaypostError, match="nobody has the id 'zoe'"):
        erase_person(workspace, "zoe")


def _workspace() -> Workspace:
    workspace = Workspace(None, Settings(), SetClock(NOW))
    events = [
        _event("1", Kind.TRACK, "Opened", anonymous_id="browser-1"),
        _event(
            "2",
            Kind.IDENTIFY,
            "identify",
            person_id="ada",
            anonymous_id="browser-1",
            email="ada@acme.example",
        ),
        _event("3", Kind.TRACK, "Exported", person_id="ada"),
        _event("4", Kind.TRACK, "Exported", person_id="ben"),
    ]
    refused = [sample("too_large", "", "of ada@acme.example"), sample("too_large", "", "of ben")]
    samples = Intake(source="app", received_at=NOW, refused={"too_large": 2}, samples=tuple(refused))
    workspace.inbox.put([intake_of("app", events, NOW), samples])
    Suppressions(workspace.operations).add("ada@acme.example", SuppressedBy.UNSUBSCRIBED, NOW)
    return workspace


def _event(
    nr: str, kind: Kind, name: str, *, email: str | None = None, former: str | None = None, **about: str
) -> Event:
    said = {"email": email} if email else {"previousId": former} if former else {}
    return Event(
        event_id=nr,
        source="app",
        kind=kind,
        name=name,
        happened_at=NOW - timedelta(hours=1),
        received_at=NOW,
        account_id="acme",
        properties=msgspec.Raw(msgspec.json.encode(said)),
        **about,  # type: ignore[arg-type]
    )
