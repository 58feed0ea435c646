"""Logs of each process: lines to read in the terminal, and JSON lines with everything in data/logs."""

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

import structlog

MOST_BYTES = 10 * 1024 * 1024
KEPT_FILES = 5


def keep_logs(folder: Path, process: str, *, in_terminal: bool = True) -> None:
    """Send all logs of this process to `folder`/logs/`process`.log and, from warnings up, to the terminal.

    Each process has a file of its own, so that none rotates a file which another one writes.
    """
    (folder / "logs").mkdir(mode=0o700, exist_ok=True)
    file = RotatingFileHandler(
        folder / "logs" / f"{process}.log",
        maxBytes=MOST_BYTES,
        backupCount=KEPT_FILES,
        encoding="utf-8",
        delay=True,
    )
    file.setFormatter(_formatter(structlog.processors.JSONRenderer()))
    handlers: list[logging.Handler] = [file]
    if in_terminal:
        terminal = logging.StreamHandler(sys.stderr)
        terminal.setLevel(logging.WARNING)
        # The trace is in the file, under the same fault; a terminal gets the line.
        terminal.setFormatter(
            _formatter(structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=_untold))
        )
        handlers.append(terminal)
    logging.basicConfig(level=logging.INFO, handlers=handlers, force=True)
    logging.getLogger("uvicorn.access").disabled = True
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def _formatter(renderer: structlog.typing.Processor) -> logging.Formatter:
    last: list[structlog.typing.Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if isinstance(renderer, structlog.processors.JSONRenderer):
        last.append(structlog.processors.format_exc_info)
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_SHARED, processors=[*last, renderer])


def _untold(_stream: TextIO, _fault: structlog.typing.ExcInfo) -> None:
    """Leave the trace to the file, where it stands under the same fault."""
