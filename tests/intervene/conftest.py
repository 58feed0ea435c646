from collections.abc import Iterator

import pytest

from tests.intervene.company import Company
from tests.intervene.receivers import Hook, Mailbox
from waypost.store import Operations


@pytest.fixture
def company() -> Company:
    return Company()


@pytest.fixture
def operations() -> Operations:
    return Operations(None)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    yield box
    box.close()


@pytest.fixture
def hook() -> Iterator[Hook]:
    receiver = Hook()
    yield receiver
    receiver.close()
