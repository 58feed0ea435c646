import errno
import os
import socket

import pytest

from waypost.core import SettingsError
from waypost.run import listening
from waypost.run.listening import listen


def test_a_port_left_to_chance_is_listened_on_and_can_be_inherited() -> None:
    with listen("127.0.0.1", 0, setting="workspace.port") as door:
        assert os.get_inheritable(door.fileno())
        with socket.create_connection(door.getsockname(), timeout=5):
            pass


def test_a_port_in_use_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "PATIENCE_S", 0.0)
    with listen("127.0.0.1", 0, setting="workspace.port") as door:
        port = door.getsockname()[1]
        with pytest.raises(
            SettingsError, match=rf"port {port} on 127\.0\.0\.1 is in use .* WAYPOST_WORKSPACE_PORT$"
        ):
            listen("127.0.0.1", port, setting="workspace.port")


def test_a_predecessor_is_given_a_moment_to_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    door = listen("127.0.0.1", 0, setting="collector.port")
    port = door.getsockname()[1]
    monkeypatch.setattr("waypost.run.listening.time.sleep", lambda _for_s: door.close())
    listen("127.0.0.1", port, setting="collector.port").close()


@pytest.mark.parametrize(
    ("number", "told"),
    [(errno.EACCES, r"may not be used by this user"), (errno.EADDRNOTAVAIL, r"check collector\.host")],
)
def test_other_reasons_are_told_too(monkeypatch: pytest.MonkeyPatch, number: int, told: str) -> None:
    def refused(*_arguments: object, **_named: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(socket, "create_server", refused)
    with pytest.raises(SettingsError, match=told):
        listen("127.0.0.1", 80, setting="collector.port")
