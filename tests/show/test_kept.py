from functools import partial

from starlette.requests import Request

from tests.show.cohort_story import story, visitor
from tests.tale import Tale
from waypost.show.kept import kept
from waypost.show.visit import Visit


def _visit(tale: Tale) -> Visit:
    app = visitor(tale).app
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [], "app": app}
    return Visit(house=app.state.house, request=Request(scope), member=None, cookie="")


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
    for nr in range(40):
        kept(visit, nr, partial(int, nr))
    assert kept(visit, 39, lambda: -1) == 39
    assert kept(visit, 0, lambda: -1) == -1
