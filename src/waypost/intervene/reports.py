"""Reports: what became of our e-mail after it left, as the service that sent it reports."""

from datetime import UTC, datetime

from waypost.store import MailReport, MailReports, Operations, Warehouse

MOST_REPORTS = 5_000


def hear(warehouse: Warehouse, operations: Operations, *, now: datetime) -> int:
    """Hear what arrived since the last time about e-mail of ours; return how many reports were of it.

    Call it after each round and before plays decide: whoever complained a minute ago is not written to now. Reports
    of mail that is not ours change nothing here.
    """
    newest = int(warehouse.ask("facts/last_arrival").item())
    reports, heard = MailReports(operations), 0
    while (after := reports.heard()) < newest:
        asked = {"after": after, "most": MOST_REPORTS}
        rows = warehouse.ask("intervene/mail_reports", asked).to_dicts()
        through = rows[-1]["arrival"] if len(rows) == MOST_REPORTS else newest
        reported = [
            MailReport(
                intervention_id=row["intervention_id"],
                name=row["name"],
                address=row["address"],
                happened_at=row["happened_at"].replace(tzinfo=UTC),
                reason=row["reason"],
            )
            for row in rows
        ]
        heard += reports.record(reported, through=through, now=now)
    return heard
