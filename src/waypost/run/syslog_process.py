"""The syslog process: hears lines of logs for one source until it is told to end; `waypost serve` keeps it running."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import structlog

from waypost.collect import DRAINED, FileFormat, Format, ImportReport, reader_of
from waypost.core import ImportRefusedError, SettingsError, WaypostError
from waypost.run.clock import SystemClock
from waypost.run.folder import private
from waypost.run.following import Beside
from waypost.run.logs import keep_logs
from waypost.run.settings import SyslogSettings, read
from waypost.run.supervisor import HOPELESS
from waypost.run.syslog import Syslog

log = structlog.get_logger("syslog")


def hear(folder: Path, asked: SyslogSettings, say: Callable[[str], None]) -> ImportReport:
    """Hear into a data folder until SIGTERM or SIGINT; return what became of the lines.

    Raises SettingsError when messages cannot be in the format, or the port cannot be listened on.
    """
    if asked.format and asked.format not in DRAINED:
        raise SettingsError(f"messages cannot be in {asked.format}; choose one of {', '.join(DRAINED)}")
    if asked.format:
        reader_of(FileFormat(Format(asked.format), written=asked.written))
    with ExitStack() as held:
        held.enter_context(private())
        keep_logs(folder, "syslog")
        beside = Beside(folder)
        held.callback(beside.close)
        written_as = (asked.format or "", asked.written or "")
        hearing = Syslog(asked.source or "", written_as, beside, SystemClock().now)
        try:
            asyncio.run(_hear(hearing, asked, say))
        except OSError as error:
            raise SettingsError(
                f"{asked.host}:{asked.port} cannot be listened on ({error.strerror}); choose another port"
            ) from None
        return hearing.report


async def _hear(hearing: Syslog, asked: SyslogSettings, say: Callable[[str], None]) -> None:
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    await hearing.run(
        asked.host, asked.port, ending, lambda at: say(f"listening on {asked.host}:{at}, TCP and UDP")
    )


def main() -> None:
    """Run from the command line; `waypost serve` does so, with the settings in the environment."""
    try:
        settings = read(os.environ, folder=Path.cwd())
        hear(settings.data, settings.syslog, lambda line: log.info("syslog", says=line))
    except WaypostError as error:
        sys.stderr.write(f"waypost: syslog: {error}\n")
        # What is set wrongly stays so. The folder may just be in the making, by the workspace that starts beside.
        sys.exit(HOPELESS if isinstance(error, SettingsError | ImportRefusedError) else 1)


if __name__ == "__main__":
    main()
