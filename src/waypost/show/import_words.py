"""Words of imports: what files become, what columns are, and how an import is."""

from waypost.store import ImportState

BECOMES = {
    "events": "Usage: each row is something that happened",
    "people": "People and what is known of them",
    "accounts": "Accounts and what is known of them",
    "memberships": "Who belongs to which account",
    "contracts": "Contracts",
    "tickets": "Support tickets",
    "answers": "Survey answers",
}
ROLES = {
    "person": "The person",
    "account": "The account",
    "time": "When it happened",
    "event_column": "What happened (the event's name)",
    "quantity": "How many (the quantity)",
    "score": "The score",
    "solved": "When it was solved",
    "actor_column": "Who acted (human, automated, system)",
    "key": "Its own id",
}
TIMES = {
    "memberships": "Since when",
    "contracts": "Since when",
    "tickets": "When it was opened",
    "answers": "When it was answered",
}
PROPERTIES = {
    "name": "Name",
    "email": "E-mail",
    "title": "Job title",
    "plan": "Plan",
    "region": "Region",
    "owner": "Owner (a member's e-mail)",
    "tier": "Tier",
    "role": "Role",
    "champion": "Is a champion (yes or no)",
    "signs_renewal": "Signs the renewal (yes or no)",
    "provisioned_at": "When access was granted",
    "value": "Value of a year",
    "currency": "Currency",
    "seats": "Seats",
    "starts_on": "Starts on",
    "renews_on": "Renews on",
    "subject": "Subject",
    "priority": "Priority (low, normal, high, urgent)",
    "comment": "Comment",
    "scale": "Scale (nps, csat, ces)",
}
DATES = {"iso": "2026-12-31", "day_first": "31.12.2026 or 31/12/2026", "month_first": "12/31/2026"}
NUMBERS = {"point": "1,234.50", "comma": "1.234,50"}
SCALES = {"nps": "0 to 10 (NPS)", "csat": "1 to 5 (CSAT)", "ces": "1 to 7 (CES)"}
STATES = {
    ImportState.RUNNING: "Under way",
    ImportState.DONE: "Taken in",
    ImportState.STOPPED: "Broken off",
    ImportState.UNDOING: "Being undone",
    ImportState.UNDONE: "Undone",
}


def role(name: str, becomes: str) -> str:
    """Return what a column is called when it is this of such rows."""
    if name == "time" and becomes in TIMES:
        return TIMES[becomes]
    if name == "key" and becomes == "events":
        return "Its own id (each once)"
    return ROLES[name]


def property_of(name: str, becomes: str) -> str:
    """Return what a property is called of such rows."""
    return "Subject" if name == "title" and becomes == "tickets" else PROPERTIES[name]
