"""`waypost syslog`: hears lines of logs by syslog until it is stopped, whether or not Waypost runs on the folder."""

import asyncio
import signal
from contextlib import ExitStack
from typing import Annotated

from cyclopts import Parameter

from waypost.collect import DRAINED, FileFormat, Format, reader_of
from waypost.core import SettingsError
from waypost.run.clock import SystemClock
from waypost.run.folder import private, ready_folder
from waypost.run.following import Beside
from waypost.run.logs import keep_logs
from waypost.run.session import Session
from waypost.run.syslog import Syslog


def syslog(
    *,
    source: Annotated[str, Parameter(help="Where the events come from, such as web.")],
    format: Annotated[  # noqa: A002 -- the option's name
        Format | None, Parameter(help="What messages hold that are no JSON; without it they are noise.")
    ] = None,
    written: Annotated[str, Parameter(help="How such lines are written: a LogFormat or a log_format.")] = "",
    host: Annotated[str, Parameter(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="The port to listen on, for TCP and UDP.")] = 5514,
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """Hear lines of logs by syslog until it is stopped."""
    if format and format not in DRAINED:
        raise SettingsError(f"messages cannot be in {format}; choose one of {', '.join(DRAINED)}")
    if format:
        reader_of(FileFormat(format, written=written or None))
    folder = ready_folder(session.settings.data, makes=True)
    with ExitStack() as held:
        held.enter_context(private())
        keep_logs(folder, "syslog")
        beside = Beside(folder)
        held.callback(beside.close)
        hearing = Syslog(source, (format or "", written), beside, SystemClock().now)
        try:
            asyncio.run(_hear(hearing, host, port, session))
        except OSError as error:
            raise SettingsError(
                f"{host}:{port} cannot be listened on ({error.strerror}); choose another --port"
            ) from None
        session.say(f"{source}: {hearing.report.events} events taken in from {hearing.report.lines} lines")


async def _hear(hearing: Syslog, host: str, port: int, session: Session) -> None:
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    await hearing.run(host, port, ending, lambda at: session.say(f"listening on {host}:{at}, TCP and UDP"))
