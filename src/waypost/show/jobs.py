"""Jobs: what a page began and takes too long to wait for; each has a key, and goes on when the page is left."""

import threading
from collections import OrderedDict
from collections.abc import Callable

import structlog

from waypost.collect import DryRun
from waypost.core import WaypostError

#: So long a page waits for what it began, in seconds: most are done by then.
PATIENCE_S = 2.0
MOST_REMEMBERED = 50
Progress = Callable[[int, int], None]
log = structlog.get_logger()


class Job:
    """One job: how many bytes of how many are read, and in the end what it found or what went wrong."""

    def __init__(self) -> None:
        """Nothing is done yet."""
        self.done = 0
        self.of = 0
        self.found: DryRun | None = None
        self.number: int | None = None
        self.problem = ""
        self.over = threading.Event()
        self.numbered = threading.Event()

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        return self.done / self.of if self.of else 0.0

    def tell(self, done: int, of: int) -> None:
        """Take news of the progress."""
        self.done, self.of = done, of

    def is_number(self, number: int) -> None:
        """Note the import that it is."""
        self.number = number
        self.numbered.set()


class Jobs:
    """The jobs of one workspace's pages; those that were over longest are forgotten first."""

    def __init__(self) -> None:
        """Begin with none."""
        self._turn = threading.Lock()
        self._jobs: OrderedDict[str, Job] = OrderedDict()

    def of(self, key: str) -> Job | None:
        """Return a job, None when there is none of that key."""
        with self._turn:
            return self._jobs.get(key)

    def name(self, key: str, job: Job) -> None:
        """Let a job be found by another key as well."""
        with self._turn:
            self._jobs[key] = job

    def begin(self, key: str, work: Callable[[Job], None], *, anew: bool = True) -> Job:
        """Begin a job and wait for it a moment; one of this key that is under way goes on instead.

        Unless `anew`, so does one that is over.
        """
        with self._turn:
            job = self._jobs.get(key)
            if job is None or (anew and job.over.is_set()):
                job = self._jobs[key] = Job()
                threading.Thread(target=_do, args=(job, work), name=f"job {key}", daemon=True).start()
                self._forget()
        job.over.wait(PATIENCE_S)
        return job

    def _forget(self) -> None:
        over = [key for key, job in self._jobs.items() if job.over.is_set()]
        for key in over[: max(0, len(self._jobs) - MOST_REMEMBERED)]:
            del self._jobs[key]


def _do(job: Job, work: Callable[[Job], None]) -> None:
    try:
        work(job)
    except WaypostError as error:
        job.problem = str(error)
    except Exception as error:
        job.problem = "it broke on our side; the log has the reason"
        log.exception("job_broke", exc_info=error)
    finally:
        job.over.set()
        job.numbered.set()
