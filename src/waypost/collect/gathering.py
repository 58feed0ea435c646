"""What a request or a piece of a file adds up to before it enters the inbox, all or nothing."""

from collections import Counter
from datetime import datetime

import msgspec

from waypost.collect.log_rules import LogRules
from waypost.collect.refusals import SAYS, TurnedAway
from waypost.core import Event
from waypost.store import Intake, Sample, Way, sample

MOST_SAMPLES = 100

_lines = msgspec.json.Encoder().encode_lines


class Gathering:
    """Events to keep, refusals by name with some samples, and noise by rule, of one source."""

    __slots__ = (
        "around",
        "events",
        "import_id",
        "log_rules",
        "noise",
        "proven",
        "received_at",
        "refused",
        "samples",
        "secrets",
        "source",
        "way",
    )

    def __init__(
        self,
        source: str,
        received_at: datetime,
        way: Way | None = None,
        secrets: tuple[str, ...] | None = (),
        *,
        proven: bool = False,
    ) -> None:
        """Gather for a source, received at this instant. What is refused can be sent again when its `way` is told.

        `around` is for families to say what stands around messages in their batch and counts for each of them. Senders
        sign with one of `secrets`; None when the source has none, and () when nobody can tell. `proven` says that
        the signature was found right when it came, and is not kept.

        `import_id` is for an import to say (0: none). `log_rules` are for the door to say what lines of the source's
        logs mean, None when its rules say nothing of them.
        """
        self.log_rules: LogRules | None = None
        self.import_id = 0
        self.way = way
        self.around: dict[str, str] = {}
        self.secrets = secrets
        self.proven = proven
        self.source = source
        self.received_at = received_at
        self.events: list[Event] = []
        self.refused: Counter[str] = Counter()
        self.noise: Counter[str] = Counter()
        self.samples: list[Sample] = []

    def refuse(self, why: TurnedAway, payload: bytes | str, detail: str = "") -> None:
        """Count a refusal and keep a sample of it while there is room for samples."""
        self.refused[why.value] += 1
        if self.wants_samples:
            way = (
                msgspec.structs.replace(self.way, around=self.around)
                if self.way and self.around
                else self.way
            )
            self.samples.append(sample(why.value, detail or SAYS[why], payload, way))

    @property
    def wants_samples(self) -> bool:
        """Whether there is room for another sample."""
        return len(self.samples) < MOST_SAMPLES

    def intake(self) -> Intake:
        """Return all of it as the inbox takes it."""
        return Intake(
            source=self.source,
            received_at=self.received_at,
            events=_lines(self.events),
            n=len(self.events),
            refused=self.refused,
            noise=self.noise,
            samples=tuple(self.samples),
            import_id=self.import_id,
        )
