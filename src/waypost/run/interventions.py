"""What follows a round: plays decide, channels deliver, and what was done is told to the inbox."""

import base64
from collections.abc import Callable, Mapping

from waypost.core import Event
from waypost.intervene import (
    Channel,
    ContactPolicy,
    EmailChannel,
    MailServer,
    Play,
    Rules,
    Way,
    WebhookChannel,
    WebhookSigning,
    decide,
    deliver,
    hear,
    recover,
    told,
)
from waypost.measure import automated_features
from waypost.run.secret import Secret
from waypost.run.settings import Settings
from waypost.run.workspace import Workspace
from waypost.store import intake_of

SOURCE = "waypost"


class Interventions:
    """Decides and delivers for one workspace. Only the process that holds the workspace has one."""

    def __init__(
        self, workspace: Workspace, secret: Secret, *, is_sample: Callable[[], bool] = lambda: False
    ) -> None:
        """Set up the channels that the settings allow, and note what a dead process left half-sent.

        While `is_sample` says so nothing leaves.
        """
        self._workspace = workspace
        self._secret = secret
        self._is_sample = is_sample
        self._channels = channels_of(workspace.settings, secret)
        recover(workspace.operations, now=workspace.now)

    def decide(self) -> int:
        """Hear what became of e-mail, decide about every signal since the last time; return how much news that made."""
        workspace = self._workspace
        hear(workspace.warehouse, workspace.operations, now=workspace.now)
        rules = Rules(
            plays=self._plays(),
            policy=self._policy(),
            segments=workspace.rules.segments,
            journeys=[each.rule for each in workspace.rules.journeys if each.until_on > workspace.today],
            zone=workspace.zone,
            secret=self._secret.for_purpose("holdouts"),
            automated=automated_features(workspace.rules.catalogue),
        )
        return self._tell(decide(workspace.warehouse, workspace.operations, rules, now=workspace.now))

    def deliver(self) -> int:
        """Send what is due; return how much news that made."""
        workspace = self._workspace
        way = Way(
            policy=self._policy(), zone=workspace.zone, channels=self._channels, closed=self._is_sample()
        )
        return self._tell(deliver(workspace.operations, way, now=workspace.now))

    def _tell(self, events: list[Event]) -> int:
        if events:
            self._workspace.inbox.put([intake_of(SOURCE, events, self._workspace.now)])
            told(self._workspace.operations, events)
        return len(events)

    def _plays(self) -> list[Play]:
        found = self._workspace.definitions.newest("play")
        return [Play.from_document(each.document, where=f"play {each.key}") for each in found]

    def _policy(self) -> ContactPolicy:
        found = self._workspace.definitions.newest("contact_policy")
        written = found[0].document if found else {"kind": "contact_policy", "key": "contact_policy"}
        return ContactPolicy.from_document(written, where="contact_policy")


def channels_of(settings: Settings, secret: Secret) -> Mapping[str, Channel]:
    """Return the ways out that are set up, by the channel's key in plays."""
    signing = settings.webhooks.secret or _webhook_secret(secret)
    ways: dict[str, Channel] = {
        "webhook": WebhookChannel(
            WebhookSigning(secret=signing, allow_private=settings.webhooks.allow_private)
        )
    }
    if settings.smtp.host:
        ways["email"] = mail_channel(settings, secret)
    return ways


def mail_channel(settings: Settings, secret: Secret) -> EmailChannel:
    """Return the channel for e-mail; the settings must name a server."""
    smtp = settings.smtp
    server = MailServer(
        host=smtp.host or "",
        port=smtp.port,
        from_address=smtp.from_address or "",
        security=smtp.security,
        user=smtp.user,
        password=smtp.password,
        reply_to=smtp.reply_to,
    )
    return EmailChannel(
        server,
        public_url=settings.workspace.url,
        secret=secret.for_purpose("unsubscribe"),
        name=settings.workspace.name,
    )


def _webhook_secret(secret: Secret) -> str:
    return "whsec_" + base64.b64encode(secret.for_purpose("webhooks")).decode()
