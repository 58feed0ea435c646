"""What every protocol family has: addresses, a place for its key, a reading of what came, and its own answers."""

from collections.abc import Callable
from typing import ClassVar, NamedTuple

from waypost.collect.answers import ACCEPTED, Answer, Later, refusal
from waypost.collect.gathering import Gathering
from waypost.collect.refusals import SAYS, TurnedAway
from waypost.collect.request import Request
from waypost.store import Way

SUCCESS = Answer(200, ACCEPTED)
#: What a refused request is answered with; 400 for every other reason.
STATUS = {
    TurnedAway.NO_KEY: 401,
    TurnedAway.WRONG_KEY: 401,
    TurnedAway.WRONG_ORIGIN: 403,
    TurnedAway.NO_SECRET: 401,
    TurnedAway.WRONG_SIGNATURE: 401,
    TurnedAway.STALE_SIGNATURE: 401,
    TurnedAway.NO_CERTIFICATE: 503,
}
#: Gives what a key's events gather in: the key of the request itself goes before the one named in a body (or None).
#: Raises RefusedError when there is no key, or none that is known.
Door = Callable[[str | None], Gathering]


class BadBodyError(Exception):
    """The body as a whole is not what the address takes; nothing of it is stored."""


class RefusedError(Exception):
    """The request as a whole is refused; nothing of it is stored."""

    def __init__(
        self,
        why: TurnedAway,
        source: str = "",
        detail: str = "",
        payload: bytes = b"",
        key: str | None = None,
    ) -> None:
        """Refuse for a reason; what came from a known source, which `key` led to, is kept as a sample without it."""
        super().__init__(why)
        self.why = why
        self.source = source
        self.detail = detail or SAYS[why]
        self.payload = payload
        self.key = key


class AsWritten(NamedTuple):
    """A body that is stored as it came: the key named in it, the form that names its reader, the events in it."""

    key: str | None
    form: str
    n: int


class Family:
    """One protocol: what is not said here otherwise is said by those who speak it.

    `most_bytes` is how much a body may hold, packed and unpacked; `credentials` is true when its browsers send cookies.
    """

    most_bytes: ClassVar[int] = 500 * 1024
    credentials: ClassVar[bool] = False

    def takes(self, method: str, path: str) -> bool:
        """Tell whether something can be heard at this address (below the mount, without a slash at its end)."""
        raise NotImplementedError

    def key(self, request: Request) -> str | None:
        """Return the key in the headers or the address; None when the body must name it."""
        raise NotImplementedError

    def recognises(self, request: Request) -> bool:
        """Tell whether a request at an address that several families take at the root looks like this one's."""
        del request
        return True

    def ask(self, request: Request, mount: str) -> Answer | None:
        """Return what its clients ask for beside sending events: settings, flags. It holds no secret and needs no key.

        None when there is nothing at this address. `mount` is what stands before the path, "" at the root.
        """
        del request, mount
        return None

    def as_written(self, request: Request) -> AsWritten | None:
        """Return what a body holds that may be stored as it came, without hearing each message: None for most.

        At an address that several families take the first is asked so before any recognises the request.
        """
        del request
        return None

    def hear(self, request: Request, door: Door) -> Answer:
        """Gather the events of a request and return the answer to give once they are on disk.

        What is wrong in one message costs that one: it is refused by name in its gathering. Raises BadBodyError when
        the body as a whole cannot be read.
        """
        raise NotImplementedError

    def alone(self, raw: bytes, way: Way) -> Request | None:
        """Return a request that holds one message of those that came this way; None when it would not say the same.

        What it says of the time of its coming, and of its key, counts for nothing.
        """
        del way, raw
        return None

    def accepted(self, request: Request) -> Answer:
        """Return the answer to what was stored as it came."""
        del request
        return SUCCESS

    def refused(self, request: Request, refused: RefusedError) -> Answer:
        """Return the answer to a request of which nothing was stored and that need not come again."""
        del request
        return refusal(STATUS.get(refused.why, 400), refused.why.value, refused.detail)

    def later(self, request: Request, later: Later) -> Answer:
        """Return the answer to a sound request that must come again: one that makes its clients keep their events."""
        del request
        return refusal(503, later.code, later.message, retry_after_s=later.retry_after_s)
