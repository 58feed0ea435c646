"""One workspace, one server and one browser for all tests of the pages."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.show.cast import NOW, PASSWORD, Cast, empty_workspace, full_workspace, with_its_own_acts
from tests.show.visitor import Visitor
from waypost.show import build

CHROMIUM = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True, slots=True)
class Served:
    """A workspace that answers on a loopback port, and the session token of its owner."""

    cast: Cast
    address: str
    token: str


@pytest.fixture(scope="session")
def cast() -> Cast:
    """The workspace of the pictures; tests that change it make their own."""
    return full_workspace()


@pytest.fixture
def fresh(cast: Cast) -> Cast:
    """The workspace of the pictures with members, touches and keys that a test may change."""
    return with_its_own_acts(cast)


@pytest.fixture
def nobody() -> Cast:
    """A workspace with nobody in it."""
    return empty_workspace()


@pytest.fixture(scope="session")
def marta(cast: Cast) -> Visitor:
    """The owner, signed in to the shared workspace."""
    return signed_in(cast)


def signed_in(cast: Cast, email: str = "marta@waypost.test") -> Visitor:
    """Return somebody who is signed in."""
    visitor = Visitor(build(cast.desk(), members=cast.members))
    assert visitor.sign_in(email, PASSWORD).status == 303
    return visitor


@pytest.fixture(scope="session")
def served(cast: Cast) -> Iterator[Served]:
    """The workspace of the pictures, served."""
    with serving(with_its_own_acts(cast)) as served:
        yield served


@contextmanager
def serving(cast: Cast, **changes: object) -> Iterator[Served]:
    """Serve a workspace on a loopback port, with its owner signed in; `changes` are of its desk."""
    door = socket.socket()
    door.bind(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(build(cast.desk(**changes), members=cast.members), log_level="error", lifespan="off")
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
    thread.start()
    marta = next(each for each in cast.members.list() if each.is_owner)
    token = cast.members.begin_session(marta.member_id, agent="Chromium", now=NOW)
    yield Served(cast, f"http://127.0.0.1:{door.getsockname()[1]}", token)
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM))
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Browser, served: Served) -> Iterator[BrowserContext]:
    """A wide window in which the owner is signed in."""
    context = opened(chromium, served)
    yield context
    context.close()


def opened(
    chromium: Browser, served: Served, *, width: int = 1440, theme: str = "light", script: bool = True
) -> BrowserContext:
    """Return a window in which the owner is signed in."""
    context = chromium.new_context(
        base_url=served.address,
        viewport={"width": width, "height": 900},
        color_scheme="dark" if theme == "dark" else "light",
        java_script_enabled=script,
    )
    context.add_cookies([{"name": "waypost_session", "value": served.token, "url": served.address}])
    context.set_default_timeout(8_000)
    return context
