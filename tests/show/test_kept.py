import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from starlette.requests import Request

import waypost.show.kept
from tests.show.cohort_story import story, visitor
from tests.tale import Tale
from waypost.show.kept import MOST_KEPT, Keeping, kept
from waypost.show.rows import scope
from waypost.show.visit import Visit


def _visit(tale: Tale) -> Visit:
    app = visitor(tale).app
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [], "app": app}
    return Visit(house=app.state.house, request=Request(scope), member=None, cookie="")


def _again(visit: Visit) -> Visit:
    return Visit(house=visit.house, request=visit.request, member=None, cookie="")


def test_an_answer_is_kept_until_an_event_comes_in() -> None:
    tale = story()
    visit, asked = _visit(tale), []

    def answer() -> int:
        asked.append(1)
        return len(asked)

    assert [kept(visit, "one", answer), kept(visit, "one", answer), kept(visit, "two", answer)] == [1, 1, 2]
    tale.by("ada").uses("export").round()
    assert kept(visit, "one", answer) == 3


def test_a_new_version_of_the_catalogue_asks_anew() -> None:
    tale = story()
    visit = _visit(tale)
    assert kept(visit, "one", lambda: 1) == 1
    catalogue = next(each for each in tale.workspace.definitions.newest("catalogue"))
    tale.publishes({**catalogue.document, "features": catalogue.document["features"][:1]}).round()
    assert kept(visit, "one", lambda: 2) == 2


def test_only_so_many_answers_are_kept() -> None:
    visit = _visit(story())
    for nr in range(MOST_KEPT + 1):
        kept(visit, nr, partial(int, nr))
    assert kept(visit, MOST_KEPT, lambda: -1) == MOST_KEPT
    assert kept(visit, 0, lambda: -1) == -1


def test_a_dear_answer_is_shown_as_it_was_while_it_is_worked_out_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(waypost.show.kept, "DEAR_S", 0.0)
    monkeypatch.setattr(waypost.show.kept, "RESTS", -1.0)
    tale = story()
    first = _visit(tale)
    begun, go_on = threading.Event(), threading.Event()

    def anew() -> int:
        begun.set()
        assert go_on.wait(10)
        return 2

    assert kept(_again(first), "one", lambda: 1) == 1
    tale.by("ada").uses("export").round()
    late = _again(first)
    assert kept(late, "one", anew) == 1
    assert late.as_of == late.now
    assert begun.wait(10)
    go_on.set()
    assert _until(lambda: kept(_again(first), "one", lambda: 3) == 2)
    fresh = _again(first)
    assert (kept(fresh, "one", lambda: 3), fresh.as_of) == (2, None)


def test_a_dear_answer_that_is_too_old_is_worked_out_before_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waypost.show.kept, "DEAR_S", 0.0)
    monkeypatch.setattr(waypost.show.kept, "SHOWN_FOR_S", -1.0)
    tale = story()
    first = _visit(tale)
    assert kept(_again(first), "one", lambda: 1) == 1
    tale.by("ada").uses("export").round()
    visit = _again(first)
    assert (kept(visit, "one", lambda: 2), visit.as_of) == (2, None)


def test_a_fault_beside_the_pages_lets_the_next_visit_work_the_answer_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(waypost.show.kept, "DEAR_S", 0.0)
    monkeypatch.setattr(waypost.show.kept, "RESTS", -1.0)
    tale = story()
    first = _visit(tale)

    def breaks() -> int:
        raise ValueError("broken")

    assert kept(_again(first), "one", lambda: 1) == 1
    tale.by("ada").uses("export").round()
    kept(_again(first), "one", breaks)
    assert _until(lambda: kept(_again(first), "one", lambda: 3) == 3)


def test_who_asks_the_same_meanwhile_waits_for_the_answer() -> None:
    first, asked, found = _visit(story()), [], []

    def answer() -> int:
        asked.append(1)
        time.sleep(0.2)
        return len(asked)

    others = [
        threading.Thread(target=lambda: found.append(kept(_again(first), "one", answer))) for _ in range(4)
    ]
    for each in others:
        each.start()
    for each in others:
        each.join(10)
    assert (found, len(asked)) == ([1] * 4, 1)


def test_what_the_warehouse_answers_is_kept_by_what_it_was_asked() -> None:
    visit = _visit(story())
    asked = {"today": visit.today}
    first = Keeping(visit).ask("show/people_count", asked)
    assert Keeping(visit).ask("show/people_count", asked) is first
    assert Keeping(visit).ask("show/people_count", {"today": visit.today - timedelta(days=1)}) is not first
    named = Keeping(visit).ask("show/names_of_people", frames=scope("person_id", ["ada"]))
    assert Keeping(visit).ask("show/names_of_people", frames=scope("person_id", ["ada"])) is named
    assert Keeping(visit).ask("show/names_of_people", frames=scope("person_id", ["ben"])) is not named


def _until(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.01)
    return False
