"""The command `waypost`: finds the command, and tells every failure in one line."""

import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated
from uuid import uuid4

from cyclopts import App, CycloptsError, Parameter

from waypost.core import DefinitionError, WaypostError
from waypost.run.commands.listed import LIST
from waypost.run.session import Session
from waypost.run.settings import read

app = App(
    name="waypost",
    version=version("waypost"),
    help="Which of your customers' people stray from the path to adoption, why health moved, and what to do next.",
    help_format="plaintext",
    default_parameter=Parameter(negative=()),
    suppress_keyboard_interrupt=False,
)
app.meta.suppress_keyboard_interrupt = False
key = App(name="key", help="Write keys: who may send events to the collector.")
member = App(name="member", help="Members: who signs in to the workspace.")
imported = App(name="imported", help="Files that were taken in, and how to take one back.")
refused = App(name="refused", help="What the door refused, and how to send it again.")
source = App(
    name="source", help="Databases that are asked for what is new, and secrets that senders sign with."
)
for _each in LIST:
    _group, _, _name = _each.words.rpartition(" ")
    _under = {
        "": app,
        "key": key,
        "member": member,
        "imported": imported,
        "refused": refused,
        "source": source,
    }[_group]
    _under.command(f"waypost.run.commands.{_each.place}", name=_name, help=_each.help)
app.command(key)
app.command(member)
app.command(imported)
app.command(refused)
app.command(source)


@app.meta.default
def launch(
    *tokens: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
    data: Annotated[Path | None, Parameter(help="The data folder; else WAYPOST_DATA, else ./data.")] = None,
) -> int | None:
    """Run one command with the settings of this folder and of the environment."""
    command, bound, ignored = app.parse_args(tokens, exit_on_error=False, print_error=False)
    if "session" in ignored:
        overrides = {"WAYPOST_DATA": str(data)} if data else {}
        bound.arguments["session"] = Session(settings=read(os.environ | overrides))
    result = command(*bound.args, **bound.kwargs)
    return result if isinstance(result, int) else None


def main(tokens: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code: 0 done, 1 not done, 2 not understood."""
    sys.exit(_outcome(list(sys.argv[1:] if tokens is None else tokens)))


def _outcome(tokens: list[str]) -> int:
    try:
        result = app.meta(tokens, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        return _fail(f"{_one_line(error)}; waypost --help shows how to ask", code=2)
    except WaypostError as error:
        return _fail(_lines(error))
    except KeyboardInterrupt:
        return _fail("stopped", code=130)
    except BrokenPipeError:
        # Whoever read our answer has seen enough; what is left in the buffer has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 -- the last line of defence: one line here, everything in the log
        return _fail(_kept_fault(tokens, error))
    return result if isinstance(result, int) else 0


def _fail(line: str, *, code: int = 1) -> int:
    sys.stderr.write(f"waypost: {line}\n")
    return code


def _lines(error: WaypostError) -> str:
    """Return a line; for definitions one for each fault, so that whoever wrote them mends all at once."""
    if isinstance(error, DefinitionError):
        return "\n         ".join(str(error).splitlines())
    return _one_line(error)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _kept_fault(tokens: list[str], error: Exception) -> str:
    """Put the whole fault into the log, when there is one, and return what to say of it."""
    fault = uuid4().hex[:8]
    what = f"{' '.join(tokens[:2])} failed unexpectedly ({type(error).__name__}, fault {fault})"
    try:
        import structlog  # noqa: PLC0415 -- as above

        from waypost.run.logs import keep_logs  # noqa: PLC0415 -- as rare as it is slow to load

        folder = read(os.environ).data
        keep_logs(folder, "commands", in_terminal=False)
        structlog.get_logger("commands").error(
            "command failed", fault=fault, tokens=tokens[:2], exc_info=error
        )
    except Exception:  # noqa: BLE001 -- without a folder to log into, the line is all there is
        return f"{what}: {_one_line(error)}"
    return f"{what}; {folder / 'logs' / 'commands.log'} has all of it"
