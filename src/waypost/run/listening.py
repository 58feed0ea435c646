"""Sockets are bound before anything starts, so that a port in use is told at once and no connection is ever lost."""

import errno
import socket
import time

from waypost.core import SettingsError

BACKLOG = 2048
# A Waypost that was killed a moment ago lets go of its ports as soon as its processes have ended.
PATIENCE_S = 3.0
STEP_S = 0.1


def listen(host: str, port: int, *, setting: str) -> socket.socket:
    """Return a listening socket that processes we start can inherit; `setting` names the port's setting.

    Raises SettingsError in one line when the address cannot be had.
    """
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return _bound(host, port)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and time.monotonic() < deadline:
                time.sleep(STEP_S)
                continue
            raise SettingsError(_said(error, host, port, setting)) from None


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    listener.set_inheritable(True)
    return listener


def _said(error: OSError, host: str, port: int, setting: str) -> str:
    variable = f"WAYPOST_{setting.upper().replace('.', '_')}"
    match error.errno:
        case errno.EADDRINUSE:
            return f"port {port} on {host} is in use by another program; stop it, or choose another with {variable}"
        case errno.EACCES:
            return f"port {port} may not be used by this user; choose one from 1024 on with {variable}"
        case _:
            return f"{host}:{port} cannot be listened on ({error.strerror}); check {setting.partition('.')[0]}.host"
