"""From a condition to an expression over columns; true, false, or null where the fact is unknown."""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from waypost.measure.segments_conditions import Condition, wanted

#: Conditions that columns of the account alone decide.
OF_ACCOUNT = (
    "tier", "region", "owner", "band", "trait", "value_at_least", "value_below", "renews_within_days", "unknown"
)  # fmt: skip


def together(parts: Sequence[pl.Expr], match: str) -> pl.Expr:
    """Return all or any of some expressions, in three values; nothing to ask is true."""
    if not parts:
        return pl.lit(value=True)
    return pl.any_horizontal(parts) if match == "any" else pl.all_horizontal(parts)


def turned(rule: pl.Expr, negated: bool) -> pl.Expr:  # noqa: FBT001 -- a document's `not`
    """Return an expression, turned round when asked; unknown stays unknown."""
    return ~rule if negated else rule


def account_rule(condition: Condition, *, today: date) -> pl.Expr:
    """Return a condition on an account over its columns, `not` at the top level left to the segment.

    Raises ValueError for a condition that columns of the account do not decide.
    """
    match condition.main:
        case "tier" | "region" | "owner" | "band":
            return pl.col(condition.main).is_in(list(wanted(getattr(condition, condition.main))))
        case "trait":
            held = pl.col("traits").str.json_path_match(_path(condition.trait or ""))
            return held.eq(condition.equals or "")
        case "value_at_least":
            return pl.col("value").ge(condition.value_at_least)
        case "value_below":
            return pl.col("value").lt(condition.value_below)
        case "renews_within_days":
            last = today + timedelta(days=condition.renews_within_days or 0)
            return pl.col("renews_on").is_between(today, last)
        case "unknown":
            return _unknown(condition.unknown or "")
        case other:
            raise ValueError(f"{other or 'nothing'} is not decided by columns of the account")


def account_value(condition: Condition) -> pl.Expr:
    """Return the value that decides a condition on an account, as text."""
    match condition.main:
        case "trait":
            return pl.col("traits").str.json_path_match(_path(condition.trait or ""))
        case "value_at_least" | "value_below":
            return pl.col("value").cast(pl.String)
        case "renews_within_days":
            return pl.col("renews_on").cast(pl.String)
        case "unknown":
            return pl.col(condition.unknown or "").cast(pl.String)
        case main:
            return pl.col(main)


def person_rule(condition: Condition, *, today: date) -> pl.Expr:
    """Return a condition on a person at an account over their columns; raises ValueError for any other."""
    match condition.main:
        case "role":
            return pl.col("role").is_in(list(wanted(condition.role)))
        case "champion" | "signs_renewal":
            return pl.col(condition.main).eq(getattr(condition, condition.main))
        case "seen_within_days":
            first = today - timedelta(days=condition.seen_within_days or 0)
            # Who was never seen was not seen lately: that is known.
            return pl.col("seen_on").ge(first).fill_null(value=False)
        case "provisioned_within_days":
            return pl.col("provisioned_on").ge(today - timedelta(days=condition.provisioned_within_days or 0))
        case "provisioned_from" | "provisioned_until":
            got = pl.col("provisioned_on")
            from_on, until_on = condition.provisioned_from, condition.provisioned_until
            asked = [got.ge(from_on)] if from_on else []
            return together([*asked, got.lt(until_on)] if until_on else asked, "all")
        case "account":
            return pl.col("account_id").is_in(list(wanted(condition.account)))
        case other:
            raise ValueError(f"{other or 'nothing'} is not decided by columns of the person")


def person_value(condition: Condition) -> pl.Expr:
    """Return the value that decides a condition on a person, as text."""
    match condition.main:
        case "seen_within_days":
            return pl.col("seen_on").cast(pl.String)
        case "provisioned_within_days" | "provisioned_from" | "provisioned_until":
            return pl.col("provisioned_on").cast(pl.String)
        case "account":
            return pl.col("account_id")
        case main:
            return pl.col(main).cast(pl.String)


def count_rule(condition: Condition, n: pl.Expr) -> pl.Expr:
    """Return a condition on a count (uses, active days, strays): at least, or at most."""
    match condition.main:
        case "feature":
            if condition.at_most is not None:
                return n.le(condition.at_most)
            return n.ge(condition.at_least or 1)
        case "active_days":
            return n.ge(condition.active_days)
        case _:
            return n.ge(condition.strays_at_least)


def moved_rule(condition: Condition) -> pl.Expr:
    """Return whether the score moved as a condition says; unknown while one end of the period is."""
    change = pl.col("score").round() - pl.col("score_before").round()
    match condition.moved:
        case "fell":
            return change.lt(0)
        case "rose":
            return change.gt(0)
        case _:
            return pl.col("band").ne(pl.col("band_before"))


def _unknown(name: str) -> pl.Expr:
    if name == "band":
        return pl.col("band").is_null() | pl.col("band").eq("no_data").fill_null(value=False)
    return pl.col(name).is_null()


def _path(trait: str) -> str:
    """Return the JSON path of a trait; each step between dots is quoted, so that a name may hold anything else."""
    steps = (step.replace("\\", "\\\\").replace("'", "\\'") for step in trait.split("."))
    return "$" + "".join(f"['{step}']" for step in steps)
