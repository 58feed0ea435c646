"""The files of this checkout, as the house rules look at them; no git is needed."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "waypost"
DOCS = ROOT / "docs"
NOT_OURS = {".git", ".venv", ".setup", ".hypothesis", "data", "build", "node_modules", "__pycache__"}
ROOMS = sorted(room.parent.name for room in SRC.glob("*/__init__.py"))


def files(*endings: str, under: Path = ROOT) -> list[Path]:
    """Return every file of the project with one of the endings (all files when none is given)."""
    return sorted(file for file in _walk(under) if not endings or file.suffix in endings)


def _walk(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.name in NOT_OURS or entry.name.endswith((".egg-info", "_cache")):
            continue
        if entry.is_dir():
            yield from _walk(entry)
        elif not entry.name.startswith(".coverage"):
            yield entry


def name_of(file: Path) -> str:
    """Return the file's name inside the checkout, as a complaint should give it."""
    return file.relative_to(ROOT).as_posix()


def tree(file: Path) -> ast.Module:
    """Return the parsed Python file."""
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def vendored(file: Path) -> bool:
    """Say whether the file was written elsewhere and is kept here unchanged."""
    return ".min." in file.name or "vendor" in file.parts
