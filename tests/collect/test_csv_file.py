"""Files of cells as people have them: any letters, any separator, lines inside cells, and rows that are none."""

import gzip
from pathlib import Path

import pytest

from waypost.collect import TurnedAway, first_rows
from waypost.collect.csv_file import Line, table_of
from waypost.core import ImportRefusedError


def _lines(file: Path) -> list[Line]:
    with table_of(file) as table:
        return list(table.lines)


@pytest.mark.parametrize("letters", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_any_letters_and_separators_are_read(tmp_path: Path, letters: str, separator: str) -> None:
    text = f'Firma{separator}Ort\r\n"Köln{separator} ""AG"""{separator}"zwei\nZeilen"\r\nb{separator}c\r\n'
    mark = "\ufeff" if letters == "utf-16-le" else ""
    (tmp_path / "a.csv").write_bytes((mark + text).encode(letters))
    assert _lines(tmp_path / "a.csv") == [
        Line(2, {"Firma": f'Köln{separator} "AG"', "Ort": "zwei\nZeilen"}),
        Line(4, {"Firma": "b", "Ort": "c"}),
    ]


def test_packed_files_are_unpacked_and_blank_rows_passed_by(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "a.csv.gz", "wt") as file:
        file.write("\n\nid,name\n\n1,Ada\n,\n2,\n")
    assert first_rows(tmp_path / "a.csv.gz", 9) == (
        ("id", "name"),
        [{"id": "1", "name": "Ada"}, {"id": "2", "name": None}],
    )


def test_columns_without_a_name_or_with_the_same_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,,id\n1,2,3\n")
    assert first_rows(tmp_path / "a.csv", 9) == (
        ("id", "column 2", "id (3)"),
        [{"id": "1", "column 2": "2", "id (3)": "3"}],
    )


def test_a_column_whose_name_is_no_text_has_one_that_is(tmp_path: Path) -> None:
    """It ended the import of contracts with an error of ours, which fuzzing found."""
    (tmp_path / "a.csv").write_bytes(b"id;price\x9d\n1;2\n")
    columns, rows = first_rows(tmp_path / "a.csv", 9)
    assert (columns, rows) == (("id", "price?"), [{"id": "1", "price?": "2"}])


def test_rows_that_are_none_are_told_with_their_line_and_stop_nothing(tmp_path: Path) -> None:
    rows = b"id,name\n1\n2,Ben,\n3,C,D\n4,\xff\n5,a\0b\n6,Fay\n"
    (tmp_path / "a.csv").write_bytes(
        b"id,name\n" + "\n".join(f"{n},ü" for n in range(300_000)).encode() + b"\n" + rows
    )
    odd = [line for line in _lines(tmp_path / "a.csv") if line.nr > 300_001]
    assert [(line.nr - 300_001, line.why) for line in odd] == [
        (1, None),
        (2, TurnedAway.NOT_A_LINE),
        (3, None),
        (4, TurnedAway.NOT_A_LINE),
        (5, TurnedAway.BAD_TEXT),
        (6, TurnedAway.BAD_TEXT),
        (7, None),
    ]
    assert odd[1].detail == "1 cells where the first line has 2"


def test_a_quote_that_is_never_closed_costs_its_rows_and_little_memory(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('id,name\n1,"Ada\n' + "2,Ben\n" * 100_000)
    lines = _lines(tmp_path / "a.csv")
    assert lines[0].nr == 2
    assert lines[0].why is TurnedAway.NOT_A_LINE
    assert len(lines) > 50_000


@pytest.mark.parametrize(
    ("holds", "says"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"a," * 300, "columns"),
        (b"\x1f\x8bxx", "cannot be read"),
        (b"id,name\r1,Ada\r2,Ben\r", "line ends of another kind"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, holds: bytes, says: str) -> None:
    (tmp_path / "a.csv").write_bytes(holds)
    with pytest.raises(ImportRefusedError, match=says):
        _lines(tmp_path / "a.csv")
    with pytest.raises(ImportRefusedError, match="cannot be read"):
        _lines(tmp_path / "b.csv")
