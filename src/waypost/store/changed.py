"""Of whom the last commits changed anything derived, so that who keeps answers reads only theirs again."""

import threading
from collections import deque

from waypost.store.scope import Scope

#: So many people and accounts are remembered; whoever asks from before them is told that it may be anybody.
MOST_REMEMBERED = 200_000


class Changed:
    """Remembers commits by their number. Noted by one writer at a time, asked by anybody."""

    def __init__(self) -> None:
        """Remember nothing yet: nothing has been committed."""
        self._turn = threading.Lock()
        self._noted: deque[tuple[int, Scope]] = deque()
        self._known_from = 0
        self._size = 0

    def note(self, commit: int, changed: Scope | None) -> None:
        """Remember of whom a commit changed what is derived; None: of anybody, it did not say."""
        with self._turn:
            if changed is None:
                self._noted.clear()
                self._known_from, self._size = commit, 0
                return
            self._noted.append((commit, changed))
            self._size += _size(changed)
            while self._size > MOST_REMEMBERED:
                self._known_from, oldest = self._noted.popleft()
                self._size -= _size(oldest)

    def since(self, commit: int) -> Scope | None:
        """Return of whom the commits after one changed anything derived; None: it may be anybody."""
        with self._turn:
            if commit < self._known_from:
                return None
            scopes = [scope for number, scope in self._noted if number > commit]
        return Scope(
            people=frozenset[str]().union(*(each.people for each in scopes)),
            accounts=frozenset[str]().union(*(each.accounts for each in scopes)),
        )


def _size(scope: Scope) -> int:
    # A commit that changes nobody is remembered too, and not for ever.
    return 1 + len(scope.people) + len(scope.accounts)
