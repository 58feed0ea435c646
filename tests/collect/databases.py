"""Real database servers on free ports of this machine, in folders of their own, as customers have them."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

# Debian keeps servers off the path of ordinary users.
_MORE_PATH = os.pathsep.join(
    [
        "/usr/sbin",
        *(str(each) for each in sorted(Path("/usr/lib/postgresql").glob("*/bin"))),
        "/usr/local/bin",
    ]
)
_READY_S = 60
# It differs from UTC by no whole hours, so that no mistake of zones goes unseen.
CLOCK = "Asia/Kolkata"


def missing() -> list[str]:
    """Return what has to be installed before the servers can run here."""
    needed = {"mariadbd": "mariadb-server", "initdb": "postgresql"}
    return [package for program, package in needed.items() if _program(program) is None]


class Server(ABC):
    """A database server: started, killed without notice and started again, stopped and forgotten."""

    def __init__(self) -> None:
        """Make a folder for a server and choose a port; nothing runs yet."""
        self.folder = Path(tempfile.mkdtemp(prefix="waypost-database-"))
        self.port = _free_port()
        self._running: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """The address of a database in which the test may do everything."""

    @property
    @abstractmethod
    def reading_url(self) -> str:
        """The address with the scheme alone, as its owner would write it; the user may still write."""

    @abstractmethod
    def command(self) -> list[str]:
        """Return the command that serves the folder."""

    @property
    def runs_as(self) -> dict[str, Any]:
        """Who the server's processes are."""
        return {}

    def start(self) -> None:
        """Serve, and return when it answers."""
        with (self.folder / "log").open("ab") as log:
            self._running = subprocess.Popen(
                self.command(), stdout=log, stderr=log, env=_environment(), **self.runs_as
            )
        until = time.monotonic() + _READY_S
        while True:
            try:
                with self.connected():
                    return
            except sa.exc.SQLAlchemyError:
                if time.monotonic() > until or self._running.poll() is not None:
                    raise AssertionError((self.folder / "log").read_text()) from None
                time.sleep(0.05)

    def kill(self) -> None:
        """End the server as a power cut would."""
        if self._running:
            self._running.kill()
            self._running.wait()

    def forget(self) -> None:
        """End the server and delete its folder."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def connected(self) -> Iterator[sa.Connection]:
        """Connect as the customer, who may write; committed at the end."""
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        with engine.begin() as connection:
            yield connection

    def do(self, *statements: str) -> None:
        """Do something to the customer's data."""
        with self.connected() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)


class MariaDB(Server):
    """MariaDB, with a database `product`."""

    def __init__(self) -> None:
        """Make the folder of a new server."""
        super().__init__()
        _run("mariadb-install-db", "--auth-root-authentication-method=normal", *self._own, *self._user)

    @property
    def url(self) -> str:
        """The address of the database."""
        return f"mysql+pymysql://root@127.0.0.1:{self.port}/mysql"

    @property
    def reading_url(self) -> str:
        """The address without a driver."""
        return f"mariadb://root@127.0.0.1:{self.port}/mysql"

    @property
    def _own(self) -> list[str]:
        return ["--no-defaults", f"--datadir={self.folder}/data", "--skip-test-db"]

    @property
    def _user(self) -> list[str]:
        return ["--user=root"] if os.getuid() == 0 else []

    def command(self) -> list[str]:
        """Return the command: an hour and a half and more away from UTC, and little durable, which is quick."""
        return [
            _program("mariadbd") or "mariadbd",
            "--no-defaults",
            f"--datadir={self.folder}/data",
            f"--socket={self.folder}/socket",
            f"--port={self.port}",
            "--bind-address=127.0.0.1",
            "--default-time-zone=+05:30",
            "--innodb-flush-log-at-trx-commit=0",
            *self._user,
        ]


class PostgreSQL(Server):
    """PostgreSQL; it refuses to run as root, so then it runs as a user who may nothing."""

    def __init__(self) -> None:
        """Make the folder of a new server."""
        super().__init__()
        if self.runs_as:
            who = pwd.getpwnam(self.runs_as["user"])
            os.chown(self.folder, who.pw_uid, who.pw_gid)
        _run(
            "initdb",
            "--no-sync",
            "--auth=trust",
            "-U",
            "waypost",
            "-D",
            f"{self.folder}/data",
            **self.runs_as,
        )

    @property
    def runs_as(self) -> dict[str, Any]:
        """An unprivileged user when we are root."""
        return {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.getuid() == 0 else {}

    @property
    def url(self) -> str:
        """The address of the database."""
        return f"postgresql+psycopg://waypost@127.0.0.1:{self.port}/postgres"

    @property
    def reading_url(self) -> str:
        """The address without a driver."""
        return f"postgresql://waypost@127.0.0.1:{self.port}/postgres"

    def command(self) -> list[str]:
        """Return the command: in another zone, and little durable, which is quick."""
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "timezone": CLOCK,
            "fsync": "off",
        }
        said = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [_program("postgres") or "postgres", "-D", f"{self.folder}/data", *said]


def _program(name: str) -> str | None:
    return shutil.which(name, path=_environment()["PATH"])


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": os.pathsep.join([_MORE_PATH, os.environ.get("PATH", "")])}


def _run(program: str, *arguments: str, **runs_as: Any) -> None:  # noqa: ANN401 -- as subprocess takes them
    done = subprocess.run(
        [_program(program) or program, *arguments],
        env=_environment(),
        capture_output=True,
        check=False,
        **runs_as,
    )
    assert done.returncode == 0, done.stderr.decode() + done.stdout.decode()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
