"""A story for retention, funnel and paths: who began when at Acme and Beta, and what they did first."""

from tests.show.cast import CHEAP, PASSWORD
from tests.show.visitor import Visitor
from tests.tale import Tale
from waypost.show import Desk, build
from waypost.store import Inbox, Members, Role

TODAY = 24


def story() -> Tale:
    """Ada, Ben, Dan and (at Beta) Cleo begin in the first week, Eva in the second; nobody does a thing after day 14."""
    tale = Tale("acme").joins("ada").joins("ben").joins("dan", role="admin")
    tale.by("ada").uses("sign_in").uses("export").on_day(1).by("ben").uses("sign_in")
    tale.at("beta").joins("cleo").uses("share").at("acme")
    tale.on_day(7).joins("eva").uses("share").by("ada").uses("export").on_day(8).by("ben").uses("export")
    tale.on_day(14).by("ada").uses("share").uses("export").on_day(TODAY).round()
    return tale


def visitor(tale: Tale) -> Visitor:
    """Return the owner, signed in to the workspace of a tale."""
    members = Members(tale.workspace.operations, hasher=CHEAP)
    now = tale.clock.at
    members.add(email="marta@waypost.test", name="Marta", role=Role.OWNER, password=PASSWORD, now=now)
    desk = Desk(
        warehouse=tale.workspace.warehouse,
        operations=tale.workspace.operations,
        inbox=Inbox(None),
        zone="UTC",
        now=lambda: tale.clock.at,
        public_url="http://127.0.0.1:8080",
        collector_url="http://127.0.0.1:8090",
    )
    marta = Visitor(build(desk, members=members))
    assert marta.sign_in("marta@waypost.test", PASSWORD).status == 303
    return marta
