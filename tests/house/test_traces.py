"""What the project may not hold: package indexes, places of one machine, styles and scripts in pages."""

import re

from tests.house.checkout import SRC, files, name_of

NO_TEXT = {".png", ".woff2", ".ico", ".gz", ".parquet"}
# The brackets keep these two lines from being found themselves.
INDEXES = re.compile(r"py[p]i\.|python[h]osted\.|npm[j]s\.|--(extra-)?[i]ndex-url \S")
MACHINE = re.compile(r"/[r]oot/|/[h]ome/\w|/[w]ork/|/[o]pt/|file:///[a-z]")
INLINE = re.compile(r"\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE)


def test_no_package_index_is_named() -> None:
    assert _lines_with(INDEXES) == []


def test_no_place_of_one_machine_is_named() -> None:
    assert _lines_with(MACHINE) == []


def test_templates_hold_no_style_attribute_and_no_inline_script() -> None:
    found = [
        f"{name_of(file)}: {match.group().strip()}"
        for file in files(".html", under=SRC)
        for match in INLINE.finditer(file.read_text(encoding="utf-8"))
    ]
    assert found == []


def _lines_with(what: re.Pattern[str]) -> list[str]:
    return [
        f"{name_of(file)}:{number}"
        for file in files()
        if file.suffix not in NO_TEXT
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if what.search(line)
    ]
