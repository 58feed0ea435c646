"""The filters of the list of accounts as a rule, so that what is seen can be saved as a segment."""

from collections.abc import Mapping

from waypost.core import DefinitionError, Document
from waypost.measure import Segment
from waypost.show.segment_draft import Draft

SAME = ("band", "tier", "owner", "segment")


def save_address(said: Mapping[str, str], days: int) -> str:
    """Return where the accounts that a query asks for are made a segment; empty when it filters by nothing.

    `days` is the period over which a change is asked for.
    """
    where: list[Document] = [{name: said[name]} for name in SAME if said.get(name)]
    if said.get("moved"):
        where.append({"moved": said["moved"], "in_days": days})
    if said.get("renews", "").isdigit():
        where.append({"renews_within_days": int(said["renews"])})
    document = {"key": "these_accounts", "name": "These accounts", "where": where}
    try:
        rule = Segment.from_document(document, where="the address")
    except DefinitionError:
        return ""
    return Draft.of_segment(rule, new=True).address("/segments/new") if where else ""
