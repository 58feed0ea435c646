"""Who is who and who belongs where, derived from events for a set of people or accounts."""

from collections.abc import Iterable
from datetime import date

import polars as pl

from waypost.store.scope import Scope
from waypost.store.updates import come_to
from waypost.store.warehouse import Writer

#: What is said of accounts, by the kind of event that says it.
SAID_TABLES = {"contract": "contracts", "survey": "answers", "ticket": "tickets", "pause": "pauses"}
#: Those whose words may name no account, and are read together.
SPOKEN = ("answers", "tickets")


def everybody(writer: Writer) -> Scope:
    """Return every person and account that any event names."""
    named = writer.ask("derive/everybody")
    return Scope(people=_ids(named, "person_id"), accounts=_ids(named, "account_id"))


def every_account(writer: Writer) -> frozenset[str]:
    """Return every account that any event names."""
    return _ids(writer.ask("derive/every_account"), "account_id")


def restate_identities(writer: Writer) -> Scope:
    """Find anew whom every alias belongs to; return the people whose events moved, before and after."""
    before = writer.ask("derive/identities_now")
    writer.run("derive/clear_identities")
    writer.run("derive/identities")
    after = writer.ask("derive/identities_now")
    moved = pl.concat(
        [
            before.join(after, on=["alias", "person_id"], how="anti"),
            after.join(before, on=["alias", "person_id"], how="anti"),
        ]
    )
    # A former person id may have people rows of its own, which the merge takes away.
    return Scope(people=_ids(moved, "person_id") | _ids(moved, "alias"))


def restate_memberships(writer: Writer, scope: Scope, *, zone: str) -> pl.DataFrame:
    """Derive the memberships of the scope's people anew; return the rows that came or went."""
    frames = {"scope": scope.people_frame()}
    before = writer.ask("derive/memberships_of", frames=frames)
    if before.height:
        writer.run("derive/clear_memberships", frames=frames)
    writer.run("derive/memberships", {"zone": zone}, frames=frames)
    return differing(before, writer.ask("derive/memberships_of", frames=frames))


def restate_people(writer: Writer, scope: Scope) -> None:
    """Derive who the scope's people are anew; usage must be stated before, for when they were last seen."""
    people = scope.people_frame()
    frames = {"scope": people, "updates": come_to(writer, "people", people)}
    writer.run("derive/clear_people", frames=frames)
    writer.run("derive/people", frames=frames)


def restate_seen(writer: Writer, scope: Scope) -> None:
    """State anew when the scope's people were first and last seen; nothing else of them has changed."""
    writer.run("derive/people_seen", frames={"scope": scope.people_frame()})


def see_again(writer: Writer, pairs: pl.DataFrame) -> None:
    """State that people were seen on some days too (`pairs`: person_id, day), which can only widen when they were."""
    if pairs.height:
        bounds = {"first_on": pairs["day"].min(), "last_on": pairs["day"].max()}
        writer.run("derive/people_seen_again", bounds, {"pairs": pairs})


def restate_said(writer: Writer, scope: Scope, tables: Iterable[str]) -> None:
    """Derive what was said of the scope's accounts anew: any of SAID_TABLES."""
    frames, wanted = {"scope": scope.accounts_frame()}, frozenset(tables)
    spoken = not wanted.isdisjoint(SPOKEN)
    if spoken:
        writer.run("derive/spoken", frames=frames)
    for table in sorted(wanted):
        writer.run(f"derive/clear_{table}", frames=frames)
        writer.run(f"derive/{table}", frames=None if table in SPOKEN else frames)
    if spoken:
        writer.run("derive/clear_spoken")


def restate_accounts(
    writer: Writer, scope: Scope, *, tiers: pl.DataFrame, asked: pl.DataFrame, today: date
) -> pl.DataFrame:
    """Derive what is known of the scope's accounts anew, and what was when; contracts must be stated before.

    `tiers` has the columns tier, value_at_least (null: any value) and rank; the lowest rank that fits wins. `asked` has
    the JSON `path` of every trait that rules ask about. Returns the eras that came or went, the columns of
    `account_eras` but until_on.
    """
    accounts = scope.accounts_frame()
    updates = come_to(writer, "accounts", accounts)
    frames = {"scope": accounts, "tiers": tiers, "asked": asked, "updates": updates}
    writer.run("derive/clear_accounts", frames=frames)
    writer.run("derive/accounts", {"today": today}, frames=frames)
    before = writer.ask("derive/account_eras_of", frames=frames)
    writer.run("derive/clear_account_eras", frames=frames)
    writer.run("derive/account_eras", frames=frames)
    return differing(before, writer.ask("derive/account_eras_of", frames=frames))


def with_neighbours(writer: Writer, scope: Scope) -> Scope:
    """Return the scope with every account that its people have ever belonged to: what names no account is of theirs."""
    accounts = writer.ask("derive/accounts_of_people", frames={"scope": scope.people_frame()})
    return scope | Scope(accounts=_ids(accounts, "account_id"))


def members_of(writer: Writer, accounts: frozenset[str]) -> frozenset[str]:
    """Return everybody who has ever belonged to one of the accounts."""
    frames = {"scope": Scope(accounts=accounts).accounts_frame()}
    return _ids(writer.ask("derive/people_of_accounts", frames=frames), "person_id")


def strangers(writer: Writer, pairs: pl.DataFrame) -> frozenset[str]:
    """Return the people of `pairs` (person_id, account_id, first_on) whom no membership covers from that day."""
    return _ids(writer.ask("derive/strangers", frames={"pairs": pairs}), "person_id")


def differing(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that only one of two frames of the same columns has."""
    columns = before.columns
    gone = before.join(after, on=columns, how="anti", nulls_equal=True)
    return pl.concat([gone, after.join(before, on=columns, how="anti", nulls_equal=True)])


def _ids(frame: pl.DataFrame, column: str) -> frozenset[str]:
    return frozenset(frame[column].drop_nulls().to_list())
