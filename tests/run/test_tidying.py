from tests.tale import Tale
from waypost.run.tidying import tidies
from waypost.store import set_positions


def _tale() -> Tale:
    tale = Tale("acme")
    tale.by("ada").uses("export").round()
    return tale


def _come(tale: Tale) -> dict[str, int]:
    return dict(tale.workspace.warehouse.ask("facts/positions").iter_rows())


def test_the_day_is_tidied_once_it_was_learnt_from() -> None:
    tale = _tale()
    step = tidies(tale.workspace)
    assert step() is False
    assert "tidied_on" not in _come(tale)
    today = tale.workspace.today.toordinal()
    with tale.workspace.warehouse.writing() as writer:
        set_positions(writer, learnt_on=today)
    step()
    assert _come(tale)["tidied_on"] == today


def test_a_day_is_not_tidied_twice() -> None:
    tale = _tale()
    today = tale.workspace.today.toordinal()
    with tale.workspace.warehouse.writing() as writer:
        set_positions(writer, learnt_on=today, tidied_on=today)
    before = tale.workspace.warehouse.look("select rowid from usage_daily").rows()
    tidies(tale.workspace)()
    assert tale.workspace.warehouse.look("select rowid from usage_daily").rows() == before
