"""`waypost syslog`: hears lines of logs by syslog until it is stopped, whether or not Waypost runs on the folder."""

from typing import Annotated

from cyclopts import Parameter

from waypost.collect import Format
from waypost.run.folder import ready_folder
from waypost.run.session import Session
from waypost.run.settings import SyslogSettings
from waypost.run.syslog_process import hear


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
    folder = ready_folder(session.settings.data, makes=True)
    asked = SyslogSettings(source=source, format=format, written=written or None, host=host, port=port)
    report = hear(folder, asked, session.say)
    session.say(f"{source}: {report.events} events taken in from {report.lines} lines")
