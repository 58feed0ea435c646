import re

import msgspec

from tests.house.checkout import DOCS, ROOT
from waypost.run import settings
from waypost.run.commands.listed import LIST

SETTINGS = (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")
COMMANDS = (DOCS / "reference" / "commands.md").read_text(encoding="utf-8")
GLOSSARY = (DOCS / "glossary.md").read_text(encoding="utf-8")


def test_every_setting_is_in_the_reference_with_its_variable_and_default() -> None:
    rows = re.findall(r"^\| `([a-z_.]+)` \| `(\w+)` \| (\S+) \|", SETTINGS, re.MULTILINE)
    assert {key: (variable, default) for key, variable, default in rows} == {
        key: (f"WAYPOST_{key.replace('.', '_').upper()}", _default(key)) for key in settings.KEYS
    }


def test_every_command_is_in_the_reference_and_no_other() -> None:
    told = re.findall(
        r"^\| `waypost ((?:(?:imported|key|member|refused|source) )?[a-z]+)", COMMANDS, re.MULTILINE
    )
    assert sorted(told) == sorted(each.words for each in LIST)


def test_the_readme_holds_the_two_commands_and_every_room() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make run" in readme
    assert "make test" in readme
    rooms = sorted(room.parent.name for room in (ROOT / "src" / "waypost").glob("*/__init__.py"))
    assert [room for room in rooms if f"[`{room}`](src/waypost/{room})" not in readme] == []


def test_the_glossary_gives_each_word_one_meaning() -> None:
    words = [
        word
        for row in re.findall(r"^\| (\*\*.*?) \|", GLOSSARY, re.MULTILINE)
        for word in re.findall(r"\*\*(.+?)\*\*", row)
    ]
    assert len(words) == len(set(words)) > 30


def _default(key: str) -> str:
    section, _, name = key.rpartition(".")
    shape = settings.SECTIONS[section] if section else settings.Settings
    value = next(field.default for field in msgspec.structs.fields(shape) if field.name == name)
    return "none" if value is None else f"`{str(value).lower() if isinstance(value, bool) else value}`"
