"""Who is left alone: a fixed share of accounts, at random for each play.

Whole accounts are drawn, not people, since colleagues talk: an e-mail to one would reach the other's group.
The draw is a keyed hash, so it is the same in every process, and nobody without the key can guess it.
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from waypost.intervene.facts import Earlier
from waypost.intervene.play import Play
from waypost.store import HoldoutPlace, Holdouts

_STEPS = 1 << 53  # as many as a float tells apart, so that no number rounds up to 1


def draws(secret: bytes, play: str, account_id: str) -> float:
    """Return the account's number for a play, spread evenly from 0 (inclusive) to 1 (exclusive)."""
    said = f"holdout\x1f{play}\x1f{account_id}".encode()
    number = int.from_bytes(hmac.digest(secret, said, hashlib.sha256)[:8])
    return (number >> 11) / _STEPS


def draw(
    holdouts: Holdouts,
    play: Play,
    accounts: Iterable[str],
    *,
    earlier: Iterable[Earlier],
    secret: bytes,
    now: datetime,
) -> dict[str, HoldoutPlace]:
    """Draw and store a place for every account that has none; return the places of a play's accounts.

    Call it before any contact. A place once stored stays, even when the share changes later; and one that events
    tell of, as history of another tool does, is kept instead of drawn anew.
    """
    share = play.holdout_share
    told = {
        one.account_id: HoldoutPlace(held_out=one.held_out, share=share if one.share is None else one.share)
        for one in earlier
        if one.play == play.key
    }
    known = holdouts.places(play.key)
    fresh = {
        account: told.get(account)
        or HoldoutPlace(held_out=draws(secret, play.key, account) < share, share=share)
        for account in sorted(set(accounts) - known.keys())
    }
    holdouts.draw(play.key, fresh, now=now)
    return fresh | known
