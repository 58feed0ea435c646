"""Adding a source: pasted, tested, previewed, saved; and its runs, asked for again."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.show.cast import NOW, PASSWORD, Cast
from tests.show.conftest import signed_in
from tests.show.visitor import Answer, Visitor
from waypost.collect import run_query_source
from waypost.core import ImportRefusedError
from waypost.show import build
from waypost.store import Inbox, SourceChanges, Sources

QUERY = "select id, user_id, org_id, ended_at, rows from runs"
SECRET = "a-word-nobody-may-see"
STEPS = "/connect/query"


@pytest.fixture
def product(tmp_path: Path) -> Path:
    """A database of three runs, one of which cannot be an event."""
    file = tmp_path / "product.db"
    with closing(sqlite3.connect(file)) as rows, rows:
        rows.execute("create table runs (id integer, user_id text, org_id text, ended_at text, rows real)")
        rows.executemany(
            "insert into runs values (?, ?, 'acme', ?, 2)",
            [(1, "ada", "2026-11-01 02:00:00"), (2, None, "2026-11-01 03:00:00"), (3, "ben", "soon")],
        )
    return file


def owner(cast: Cast, *readable: Path, email: str = "marta@waypost.test") -> Visitor:
    visitor = Visitor(build(cast.desk(readable=readable), members=cast.members))
    assert visitor.sign_in(email, PASSWORD).status == 303
    return visitor


def typed(file: Path, **changed: str) -> dict[str, str]:
    said = {"name": "product-db", "url": f"sqlite:///{file}", "query": QUERY, "becomes": "events"}
    return {**said, "when": "5", "zone": "UTC", **changed}


def meant(file: Path, **changed: str) -> dict[str, str]:
    means = {
        "time": "ended_at",
        "cursor": "id",
        "event": "export_run",
        "person": "user_id",
        "account": "org_id",
    }
    said = {f"means:{name}": value for name, value in {**means, "quantity": "rows"}.items()}
    return typed(file, **{"key:id": "yes", **said, **changed})


def sealed_of(answer: Answer) -> str:
    return answer.text.split('name="sealed" value="')[1].split('"')[0]


def test_a_source_is_pasted_tested_previewed_and_saved_without_its_address_ever_shown(
    fresh: Cast, product: Path
) -> None:
    marta = owner(fresh, product.parent)
    tested = marta.submit(STEPS, f"{STEPS}/tests", typed(product))
    assert tested.status == 200
    assert "The database answers" in tested.text
    assert '<option value="ended_at" selected>' in tested.text
    assert 'name="key:id" value="yes" checked' in tested.text
    # From here on the address is sealed; it is in no page.
    said = meant(product, url="", sealed=sealed_of(tested))
    seen = marta.submit(STEPS, f"{STEPS}/previews", said)
    assert "2 rows fit, 1 would be refused" in seen.text
    assert "ended_at is &#39;soon&#39;" in seen.text
    assert "automated" in seen.text
    assert Sources(fresh.operations, bytes(32)).get("billing")
    saved = marta.submit(STEPS, f"{STEPS}/sources", said)
    assert (saved.status, saved.headers["location"]) == (303, "/sources/product-db?act=source_added")
    for page in (tested, seen, marta.get("/sources/product-db"), marta.get("/sources/product-db/runs")):
        assert str(product) not in page.text
    kept = Sources(fresh.operations, bytes(32))
    assert kept.url("product-db") == f"sqlite:///{product}"
    assert kept.get("product-db").every_s == 300
    assert [(each.act, each.changed_by) for each in SourceChanges(fresh.operations).of("product-db")] == [
        ("added its query", "marta@waypost.test")
    ]
    assert '<b class="strong">marta@waypost.test</b> added its query' in marta.get("/sources/product-db").text


def test_a_run_is_kept_with_what_it_brought_and_one_that_failed_is_asked_for_again(
    fresh: Cast, product: Path
) -> None:
    nudged: list[None] = []
    desk = fresh.desk(readable=(product.parent,), ask_sources=lambda: nudged.append(None))
    marta = Visitor(build(desk, members=fresh.members))
    marta.sign_in("marta@waypost.test", PASSWORD)
    assert marta.submit(STEPS, f"{STEPS}/sources", meant(product)).status == 303
    assert "product-db was not asked yet" in marta.get("/sources/product-db/runs").text
    kept = Sources(fresh.operations, bytes(32))
    run_query_source("product-db", sources=kept, inbox=Inbox(None), now=NOW)
    page = marta.get("/sources/product-db/runs").text
    assert "product-db answers" in page
    assert "when it was due" in page
    assert ">impossible time</a>" in page
    assert kept.due(NOW, "UTC") == []
    product.unlink()
    with pytest.raises(ImportRefusedError):
        run_query_source("product-db", sources=kept, inbox=Inbox(None), now=NOW)
    page = marta.get("/sources/product-db/runs").text
    assert "The last run of product-db failed" in page
    assert "unable to open database file" in page
    assert "The last run of product-db failed" in marta.get("/sources").text
    assert marta.submit("/sources/product-db/runs", "/sources/product-db/runs").status == 303
    assert len(nudged) == 2
    assert "product-db" in kept.due(NOW, "UTC")
    assert "marta@waypost.test wants a run" in marta.get("/sources/product-db/runs").text
    newest = kept.runs.of("product-db")
    assert [(each.rows, each.events, each.problem is None) for each in newest] == [
        (0, 0, False),
        (3, 2, True),
    ]
    assert newest[1].lag_s == (NOW - newest[1].newest_at).total_seconds() if newest[1].newest_at else False


def test_a_loss_can_be_believed_from_the_page(fresh: Cast) -> None:
    kept = Sources(fresh.operations, bytes(32))
    kept.asked("billing", now=NOW, problem="40 of 50 rows are gone; ask once with --accept-loss")
    marta = signed_in(fresh)
    assert "The rows are really gone" in marta.get("/sources/billing/runs").text
    marta.submit("/sources/billing/runs", "/sources/billing/runs", {"accept_loss": "yes"})
    wanted = kept.take_wanted("billing")
    assert wanted
    assert (wanted.by, wanted.accept_loss) == ("marta@waypost.test", True)
    assert kept.take_wanted("billing") is None


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        ({"name": ""}, "name", "Give the source a name"),
        ({"name": "crm"}, "name", "There is a source named crm already"),
        ({"url": ""}, "url", "Paste the address"),
        ({"url": "no address"}, "url", "this is no address of a database"),
        ({"url": "sqlite:////etc/passwd"}, "url", "only files in the folders of the setting sources.folders"),
        ({"url": "sqlite:///file:/etc/passwd?uri=true"}, "url", "an address cannot say uri"),
        ({"url": "mysql://h/d?local_infile=1"}, "url", "an address cannot say local_infile"),
        ({"url": "postgresql:///product"}, "url", "the address names no server"),
        ({"url": f"postgresql://ada:{SECRET}@127.0.0.1:1/x"}, "url", "the database did not answer"),
        ({"query": ""}, "query", "Paste one SELECT"),
        ({"query": "delete from runs"}, "query", "the query must be a SELECT"),
        ({"query": "select nought from runs"}, "query", "does not take the query: no such column: nought"),
        ({"when": "0"}, "when", "Give minutes from 1"),
        ({"when": "0 25 * * *"}, "when", "no cron expression such as 0 6 * * 1-5"),
        ({"zone": "Mars/Olympus"}, "zone", "There is no time zone Mars/Olympus"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_is_kept(
    fresh: Cast, product: Path, changed: dict[str, str], field: str, says: str
) -> None:
    marta = owner(fresh, product.parent)
    answer = marta.submit(STEPS, f"{STEPS}/tests", typed(product, **changed))
    assert answer.status == 422
    said = answer.text.split(f'id="{field}-wrong">')[1].split("</p>")[0]
    assert says in said
    assert SECRET not in answer.text
    if "query" not in changed:
        assert QUERY in answer.text


def test_what_columns_lack_is_said_beside_them_and_nothing_is_saved(fresh: Cast, product: Path) -> None:
    marta = owner(fresh, product.parent)
    said = meant(product, **{"means:time": "", "means:event": "", "means:person": "", "means:account": ""})
    answer = marta.submit(STEPS, f"{STEPS}/sources", said)
    assert answer.status == 422
    for name, says in (
        ("time", "Say when it happened"),
        ("event", "Give either"),
        ("person", "Choose the column"),
    ):
        assert says in answer.text.split(f'id="means-{name}-wrong">')[1].split("</p>")[0]
    assert [each.name for each in Sources(fresh.operations, bytes(32)).all()] == ["billing"]
    gone = marta.submit(STEPS, f"{STEPS}/previews", meant(product, **{"means:person": "owner"}))
    assert "The query gives no column owner any more" in gone.text


def test_rows_that_hold_until_they_change_are_previewed_by_their_own_fields(
    fresh: Cast, product: Path
) -> None:
    marta = owner(fresh, product.parent)
    said = typed(
        product, becomes="memberships", query="select user_id, org_id from runs where user_id is not null"
    )
    tested = marta.submit(STEPS, f"{STEPS}/tests", said)
    assert 'name="means:cursor"' not in tested.text
    assert '<option value="user_id" selected>' in tested.text
    seen = marta.submit(
        STEPS, f"{STEPS}/previews", {**said, "means:person": "user_id", "means:account": "org_id"}
    )
    assert "2 rows fit, 0 would be refused" in seen.text
    assert "joined" in seen.text


def test_only_an_owner_adds_sources_and_asks_for_runs(fresh: Cast, product: Path) -> None:
    nils = owner(fresh, product.parent, email="nils@waypost.test")
    assert "An owner adds sources" in nils.get("/connect").text
    token = {"form_token": nils.get("/sources").token} if "form_token" in nils.get("/sources").text else {}
    for path in (STEPS, "/connect/log", "/connect/sdk", "/connect/hook"):
        assert nils.get(path).status == 403
    for path in (f"{STEPS}/tests", f"{STEPS}/sources", "/connect/hook/keys", "/sources/billing/runs"):
        assert nils.post(path, {**token, **typed(product)}).status == 403
    assert "Try again now" not in nils.get("/sources/billing/runs").text


def test_an_address_that_was_given_too_long_ago_is_asked_for_again(fresh: Cast, product: Path) -> None:
    marta = owner(fresh, product.parent)
    answer = marta.submit(STEPS, f"{STEPS}/previews", meant(product, url="", sealed="gAAAAAnonsense"))
    assert "give it again" in answer.text.split('id="url-wrong">')[1]
