"""Templates for requests of logs: proposed with what they explain, and put into the draft in two clicks."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.show.cast import ACME, HALCYON, NOW, Cast, event_row, fill, full_workspace, with_its_own_acts
from tests.show.conftest import Served, opened, serving, signed_in
from waypost.core import Document, Event, Kind
from waypost.store import Definitions, Drafts, intake_of

ADDRESS = "/catalogue/requests"
#: Requests by name, how many of them, and by whom at which account.
ASKED = (
    ("POST /projects/:id/export", 40, "ana", HALCYON),
    ("GET /reports", 30, "ben", ACME),
    ("GET /", 20, "ada", ACME),
    ("POST /reports", 6, "ada", ACME),
    ("GET /poll", 3, "ada", ACME),
    ("GET /rare", 1, "ada", ACME),
)


@pytest.fixture(scope="module")
def logged() -> Cast:
    """The workspace of the pictures, which a server's log came to as well."""
    cast = full_workspace()
    names = [(name, who, account) for name, n, who, account in ASKED for _ in range(n)]
    rows = [
        event_row(5_000 + nr, ("log", name, NOW - timedelta(hours=nr), who, {"path": "/x"}), account)
        for nr, (name, who, account) in enumerate(names)
    ]
    fill(cast, "events", [{**row, "source": "web"} for row in rows])
    seen = Event(event_id="w1", source="web", kind=Kind.LOG, name="GET /", happened_at=NOW, received_at=NOW)
    cast.inbox.put([intake_of("web", [seen], NOW)])
    return cast


@pytest.fixture
def fresh_logged(logged: Cast) -> Cast:
    """The same with operational tables of its own, which a test may change."""
    return with_its_own_acts(logged)


@pytest.fixture(scope="module")
def served_logs(logged: Cast) -> Iterator[Served]:
    """The same, served."""
    with serving(with_its_own_acts(logged)) as served:
        yield served


def drafted(cast: Cast) -> Document | None:
    found = Drafts(cast.operations).get("catalogue", "catalogue")
    return found.document if found else None


def test_the_page_says_what_few_templates_would_explain(fresh_logged: Cast) -> None:
    page = signed_in(fresh_logged).get(ADDRESS).text
    assert "These 6 templates explain 100% of people’s requests" in page
    assert "100 requests in 28 days, none of which the catalogue explains without them." in page
    assert page.index("POST /projects/:id/export") < page.index("GET /reports") < page.index("GET /poll")
    assert 'value="Projects export"' in page
    assert 'value="Start page"' in page
    assert 'value="Reports (POST)"' in page


def test_without_logs_the_page_says_what_is_missing(fresh: Cast) -> None:
    marta = signed_in(fresh)
    page = marta.get(ADDRESS).text
    assert "No person’s request in 28 days" in page
    assert "No log was read, or its lines name nobody" in page
    assert ADDRESS not in marta.get("/catalogue?show=proposals").text


def test_proposals_and_the_source_lead_there(fresh_logged: Cast) -> None:
    marta = signed_in(fresh_logged)
    assert f'href="{ADDRESS}"' in marta.get("/catalogue?show=proposals").text
    assert f'href="{ADDRESS}?source=web"' in marta.get("/sources/web").text
    assert ADDRESS not in marta.get("/sources/segment~3Aweb").text


def test_the_chosen_ones_go_into_the_draft_and_are_proposed_no_more(fresh_logged: Cast) -> None:
    marta = signed_in(fresh_logged)
    form = {
        **_row(0, "POST /projects/:id/export", "Projects exported"),
        **_row(1, "GET /reports", "reports exported"),
        **_row(2, "GET /poll", "", becomes="noise"),
        **{name: value for name, value in _row(3, "GET /", "Home").items() if name != "take3"},
    }
    answer = marta.submit(ADDRESS, ADDRESS, form)
    assert (answer.status, answer.headers["location"]) == (303, "/catalogue/draft?act=kept")
    document = drafted(fresh_logged)
    assert document
    assert document["features"][-1] == {
        "key": "projects_exported",
        "name": "Projects exported",
        "group": "secondary",
        "match": [{"path": "POST /projects/:id/export", "kind": "log"}],
    }
    exported = next(each for each in document["features"] if each["key"] == "reports_exported")
    assert exported["match"][-1] == {"path": "GET /reports", "kind": "log"}
    assert document["noise"] == [{"path": "GET /poll", "kind": "log"}]
    draft = marta.get("/catalogue/draft").text
    assert "Projects exported" in draft
    assert '<span class="visually-hidden">becomes</span> <b>40</b>' in draft
    page = marta.get(ADDRESS).text
    assert "With these 3 templates, the catalogue explains 100% of people’s requests" in page
    assert "73% of which the draft explains without them." in page
    assert "POST /projects/:id/export" not in page


def test_one_source_alone_is_meant_where_it_was_asked_for(fresh_logged: Cast) -> None:
    marta = signed_in(fresh_logged)
    assert "These 6 templates" in marta.get(f"{ADDRESS}?source=web").text
    marta.submit(f"{ADDRESS}?source=web", ADDRESS, {"source": "web", **_row(0, "GET /reports", "Lists")})
    document = drafted(fresh_logged)
    assert document
    assert document["features"][-1]["match"] == [{"path": "GET /reports", "kind": "log", "source": "web"}]


@pytest.mark.parametrize(
    ("form", "complaint"),
    [
        ({}, "choose at least one template"),
        (
            {"take0": "yes", "written0": "", "name0": "Reports", "becomes0": "new"},
            "say which events are meant",
        ),
        (
            {"take0": "yes", "written0": "POST /projects/:id/export", "name0": " ", "becomes0": "new"},
            "give the new feature a name",
        ),
    ],
)
def test_a_form_that_makes_no_sense_changes_nothing(
    fresh_logged: Cast, form: dict[str, str], complaint: str
) -> None:
    answer = signed_in(fresh_logged).submit(ADDRESS, ADDRESS, form)
    assert answer.status == 422
    assert complaint in answer.text
    assert drafted(fresh_logged) is None


def test_a_fault_keeps_what_was_typed(fresh_logged: Cast) -> None:
    form = {
        **_row(0, "POST /projects/:id/export", "My exports"),
        **_row(1, "GET /reports", "", becomes="new"),
        "written2": "GET /",
        "name2": "Home",
        "becomes2": "noise",
    }
    page = signed_in(fresh_logged).submit(ADDRESS, ADDRESS, form).text
    assert 'value="My exports"' in page
    assert 'value="Home"' in page
    assert page.count(" checked>") == 2
    assert page.count('value="noise" selected') == 1


@pytest.mark.browser
@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (1440, "dark"), (390, "light")])
def test_the_proposals_fit_their_window_without_a_violation(
    chromium: Browser, served_logs: Served, width: int, theme: str
) -> None:
    context = opened(chromium, served_logs, width=width, theme=theme)
    page = context.new_page()
    page.goto(ADDRESS)
    wide = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    found = Axe().run(page)
    context.close()
    assert wide[0] <= wide[1]
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.browser
def test_two_clicks_publish_what_is_proposed(chromium: Browser, served_logs: Served) -> None:
    context = opened(chromium, served_logs)
    page = context.new_page()
    page.goto(ADDRESS)
    expect(page.get_by_role("heading", level=1)).to_contain_text("These 6 templates explain 100%")
    page.get_by_role("button", name="Put them into the draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("6 changes wait to be published")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".toast")).to_contain_text("Published")
    newest = Definitions(served_logs.cast.operations).newest("catalogue")[0].document
    assert newest["features"][-1]["match"] == [{"path": "GET /rare", "kind": "log"}]
    page.goto(ADDRESS)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "The catalogue explains 100% of people’s requests"
    )
    context.close()


def _row(nr: int, path: str, name: str, becomes: str = "new") -> dict[str, str]:
    return {f"take{nr}": "yes", f"written{nr}": path, f"name{nr}": name, f"becomes{nr}": becomes}
