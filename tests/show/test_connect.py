"""Adding sources that send by themselves: a key, what they sign with, and how they send."""

import pytest

from tests.show.cast import Cast
from tests.show.conftest import signed_in
from waypost.collect import HOOKS
from waypost.show.pages.connect import VENDORS
from waypost.store import Keys, SigningSecrets, SourceChanges


def test_every_kind_of_source_can_be_chosen(fresh: Cast) -> None:
    marta = signed_in(fresh)
    page = marta.get("/connect").text
    for way in ("sdk", "log", "drain", "query", "hook", "file"):
        assert f'href="/connect/{way}"' in page
        assert marta.get(f"/connect/{way}").status == 200
    assert marta.get("/connect/pigeon").status == 404


def test_every_vendor_has_a_name() -> None:
    assert VENDORS.keys() == HOOKS.keys()


def test_a_webhook_gets_a_key_and_a_secret_that_is_sealed_and_never_shown(fresh: Cast) -> None:
    marta = signed_in(fresh)
    said = {"family": "stripe", "name": "billing-hook", "secret": "whsec_of-the-vendor"}
    made = marta.submit("/connect/hook", "/connect/hook/keys", said)
    assert "http://127.0.0.1:8090/in/hooks/stripe/wk_" in made.text
    assert "whsec_of-the-vendor" not in made.text
    (kept,) = SigningSecrets(fresh.operations, bytes(32)).all()
    assert kept.source == "billing-hook"
    assert b"whsec" not in b"".join(
        bytes(value) for row in _sealed(fresh) for value in row if isinstance(value, bytes)
    )
    acts = [each.act for each in SourceChanges(fresh.operations).of("billing-hook")]
    assert acts == ["set its signing secret", "made its write key"]
    assert "set its signing secret" in marta.get("/sources/billing-hook").text


@pytest.mark.parametrize(
    ("way", "family", "source", "shows"),
    [
        ("sdk", "posthog", "posthog:shop", "http://127.0.0.1:8090/in/posthog"),
        ("sdk", "segment", "segment:shop", "analytics.write_key = &#34;wk_"),
        ("drain", "drain", "shop", "http://127.0.0.1:8090/in/logs?key=wk_"),
    ],
)
def test_what_sends_by_itself_is_told_how_with_its_own_key(
    fresh: Cast, way: str, family: str, source: str, shows: str
) -> None:
    made = signed_in(fresh).submit(
        f"/connect/{way}", f"/connect/{way}/keys", {"family": family, "name": "shop"}
    )
    assert shows in made.text
    assert "YOUR_WRITE_KEY" not in made.text
    assert [each.source for each in Keys(fresh.operations).list() if each.name == "shop"] == [source]


def test_what_is_wrong_with_a_key_stands_beside_its_field(fresh: Cast) -> None:
    marta = signed_in(fresh)
    for said, field in (
        ({"name": ""}, "name"),
        ({"name": "crm"}, "name"),
        ({"name": "x", "family": "no"}, "family"),
    ):
        answer = marta.submit("/connect/hook", "/connect/hook/keys", {"family": "jira", **said})
        assert answer.status == 422
        assert f'id="{field}-wrong"' in answer.text
    assert [each.name for each in Keys(fresh.operations).list()] == []


def _sealed(cast: Cast) -> list[tuple[object, ...]]:
    with cast.operations.begin() as rows:
        return [tuple(row) for row in rows.exec_driver_sql("select * from signing_secrets")]
