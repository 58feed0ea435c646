"""What updates do to the traits that everybody reads, told as short histories."""

from typing import Any

import msgspec

from tests.tale import Tale, day


def traits(tale: Tale, table: str = "people") -> dict[str, Any]:
    ((found,),) = tale.rows(f"select traits from {table}")  # noqa: S608 -- one of two tables
    known: dict[str, Any] = msgspec.json.decode(found)
    return known


def update(tale: Tale, on: int | None = None, /, **said: Any) -> Tale:  # noqa: ANN401 -- JSON
    return tale.tells("identify", "update", on=on, **_acts(said))


def update_account(tale: Tale, **said: Any) -> Tale:  # noqa: ANN401 -- JSON
    return tale.by_nobody("group", "update", **_acts(said))


def _acts(said: dict[str, Any]) -> dict[str, Any]:
    return {f"${name[1:]}" if name.startswith("_") else name: each for name, each in said.items()}


def test_updates_have_their_effect_on_the_traits_of_a_person() -> None:
    tale = Tale("acme").joins("ada").tells("identify", "identify", plan="pro", logins=3)
    update(tale, _add={"logins": 2}).round()
    update(tale, _set_once={"plan": "free", "city": "Graz"}, _append={"seen": "a"})
    update(tale, _add={"logins": 2}).round()
    assert traits(tale) == {"plan": "pro", "logins": 7, "city": "Graz", "seen": ["a"]}
    update(tale, _delete="").tells("identify", "identify", plan="free")
    assert traits(tale) == {"plan": "free"}


def test_a_name_that_is_set_once_is_the_persons() -> None:
    tale = update(Tale("acme").joins("ada"), _set_once={"firstName": "Ada", "email": "ada@acme.example"})
    update(tale, _set_once={"firstName": "Eve", "title": "Analyst"})
    assert tale.rows("select name, email, title from people") == [("Ada", "ada@acme.example", "Analyst")]


def test_an_update_of_which_word_comes_late_counts_when_it_happened() -> None:
    tale = Tale("acme").on_day(5).joins("ada").tells("identify", "identify", plan="pro")
    update(tale, _add={"logins": 1}).round()
    update(tale, 2, _set_once={"plan": "free"}, _add={"logins": 1})
    update(tale, 1, _delete="").tells("identify", "identify", on=0, logins=40)
    assert traits(tale) == {"plan": "pro", "logins": 2}


def test_an_update_of_a_device_is_its_persons_once_it_is_known_whose_it_is() -> None:
    tale = Tale("acme").joins("ada")
    update(tale, _add={"logins": 1}).round()
    event = tale.by(None).an_event("identify", "update", on=None, **{"$add": {"logins": 1}})
    tale.told(msgspec.structs.replace(event, anonymous_id="a1")).round()
    event = tale.by("ada").an_event("identify", "identify", on=None)
    tale.told(msgspec.structs.replace(event, anonymous_id="a1"))
    assert traits(tale) == {"logins": 2}


def test_updates_have_their_effect_on_the_traits_of_an_account() -> None:
    tale = Tale("acme").by_nobody("group", "group", seats=4, tier="self_serve")
    update_account(tale, _add={"seats": 2}, _set_once={"tier": "enterprise", "region": "EU"})
    update_account(tale, _union={"apps": ["a", "b"]})
    assert traits(tale, "accounts") == {"seats": 6, "tier": "self_serve", "region": "EU", "apps": ["a", "b"]}
    assert tale.rows("select tier, region from accounts") == [("self_serve", "EU")]


def test_what_was_known_of_an_account_when_is_merged_too() -> None:
    big = {"kind": "segment", "key": "big", "name": "Big", "where": [{"trait": "site.size", "is": "big"}]}
    journey = {
        "kind": "journey", "key": "path", "name": "Path", "audience": {"segments": ["big"]},
        "milestones": [{"key": "first_7", "name": "First 7 days", "by_day": 7,
                        "clauses": [{"feature": "export", "at_least": 1, "says": "Export"}]}],
    }  # fmt: skip
    tale = (
        Tale("acme", big, journey)
        .joins("ada")
        .by_nobody("group", "group", site={"size": "big"}, at=1)
        .on_day(1)
    )
    tale.by_nobody("group", "group", at=2).by_nobody("group", "group", site={"city": "Graz"}).on_day(2)
    update_account(tale, _set_once={"site": {"size": "small"}}).on_day(3)
    tale.by_nobody("group", "group", site=None)
    update_account(tale, _set_once={"site": "none"})
    found = tale.rows("select since_on, until_on, traits from account_eras order by 1")
    dated = [(since, until, held and msgspec.json.decode(held)) for since, until, held in found]
    assert dated[1:] == [
        (day(0), day(3), {"site": {"size": "big"}}),
        (day(3), None, {"site": "none"}),
    ]
