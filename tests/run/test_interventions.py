from datetime import UTC, datetime

import pytest

from waypost.core import AccountId, InterventionId, PersonId, SignalId
from waypost.run.clock import SetClock
from waypost.run.interventions import Interventions, channels_of
from waypost.run.secret import Secret, secret_of
from waypost.run.settings import Settings, SmtpSettings, WebhookSettings
from waypost.run.workspace import Workspace
from waypost.store import Intervention, InterventionState
from waypost.store import Interventions as Outbox

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
SECRET = Secret(b"s" * 32)


def test_without_a_mail_server_there_is_no_way_for_email() -> None:
    assert set(channels_of(Settings(), SECRET)) == {"webhook"}


def test_with_a_mail_server_there_is() -> None:
    smtp = SmtpSettings(host="smtp.acme.example", from_address="us@acme.example")
    assert set(channels_of(Settings(smtp=smtp), SECRET)) == {"webhook", "email"}


def test_a_signing_secret_of_ones_own_is_taken() -> None:
    webhooks = WebhookSettings(secret="whsec_" + "A" * 44)
    assert channels_of(Settings(webhooks=webhooks), SECRET)["webhook"] is not None


@pytest.mark.parametrize(("made_up", "why"), [(True, "sample"), (False, None)])
def test_while_a_sample_is_there_nothing_leaves(made_up: bool, why: str | None) -> None:  # noqa: FBT001 -- a case of the test
    smtp = SmtpSettings(host="127.0.0.1", port=9, security="none", from_address="us@acme.example")
    workspace = Workspace(None, Settings(smtp=smtp), SetClock(NOW))
    Outbox(workspace.operations).record([_due()], play="back", through=1)
    follows = Interventions(workspace, secret_of(None), is_sample=lambda: made_up)
    follows.deliver()
    (found,) = Outbox(workspace.operations).for_account("acme")
    assert found.why == why
    assert found.state is (InterventionState.NOT_SENT if made_up else InterventionState.DUE)
    workspace.close()


def test_what_was_done_is_told_to_the_inbox_once() -> None:
    workspace = Workspace(None, Settings(), SetClock(NOW))
    Outbox(workspace.operations).record([_due()], play="back", through=1)
    follows = Interventions(workspace, secret_of(None))
    told = follows.decide() + follows.deliver()
    assert told > 0
    assert follows.decide() + follows.deliver() == 0
    assert workspace.round().taken == told
    workspace.close()


def _due() -> Intervention:
    return Intervention(
        intervention_id=InterventionId("0" * 32),
        play="back",
        account_id=AccountId("acme"),
        person_id=PersonId("ada"),
        signal_id=SignalId("1" * 32),
        signal="strayed",
        state=InterventionState.DUE,
        decided_at=NOW,
        held_out=False,
        arm="email",
        channel="email",
        address="ada@acme.example",
        content={"subject": "Hello", "html": "<p>Hello</p>"},
        due_at=NOW,
    )
