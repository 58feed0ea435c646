import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.checkout import ROOMS, ROOT, SRC, files, name_of, tree


def test_all_twelve_rooms_are_there_and_say_what_they_are_for() -> None:
    told = {room: ast.get_docstring(tree(SRC / room / "__init__.py")) or "" for room in ROOMS}
    assert len(told) == 12
    assert {room for room, sentence in told.items() if not sentence.endswith(".")} == set()


def test_rooms_are_entered_by_the_door() -> None:
    reached_past = {
        f"{name_of(file)}: {module}"
        for file in files(".py", under=SRC)
        for module in _modules_behind_a_door(file)
        if _room_of(module) != file.relative_to(SRC).parts[0]
    }
    assert reached_past == set()


def test_tests_look_inside_their_own_room_only() -> None:
    reached_past = {
        f"{name_of(file)}: {module}"
        for room in ROOMS
        if (ROOT / "tests" / room).is_dir()
        for file in files(".py", under=ROOT / "tests" / room)
        for module in _modules_behind_a_door(file)
        if _room_of(module) != room
    }
    assert reached_past == set()


def _modules_behind_a_door(file: Path) -> Iterator[str]:
    """Yield every imported module that lies deeper than the room's own name."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.ImportFrom) and node.module:
            named = [node.module]
            if node.module == "waypost":
                named = [f"waypost.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            named = [alias.name for alias in node.names]
        else:
            continue
        yield from (module for module in named if module.startswith("waypost.") and module.count(".") > 1)


def _room_of(module: str) -> str:
    return module.split(".")[1]
