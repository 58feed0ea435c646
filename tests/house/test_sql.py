import re

from tests.house.checkout import SRC, files, name_of

LEFT_JOIN = re.compile(
    r"\bleft join (\w+)(?: (?!on\b)\w+)?\s+on (.*?)"
    r"(?=\b(?:left join|cross join|join|where|group by|qualify|order by|union)\b|^\)|;|\Z)",
    re.DOTALL | re.MULTILINE,
)
#: Tables of a handful of rows, beside which it matters little how they are met.
HANDFULS = {"tiers"}
HEADER = re.compile(r"\A-- \S.*\n(?:-- .*\n)*?-- in:.*\n(?:-- .*\n)*?-- out:.*\n")


def test_every_question_says_what_it_answers_and_what_goes_in_and_out() -> None:
    silent = {
        name_of(file)
        for file in files(".sql", under=SRC)
        if not HEADER.match(file.read_text(encoding="utf-8"))
    }
    assert silent == set()


def test_parameters_of_questions_are_declared_in_their_header() -> None:
    undeclared = set()
    for file in files(".sql", under=SRC):
        text = file.read_text(encoding="utf-8")
        header = "\n".join(line for line in text.splitlines() if line.startswith("--"))
        body = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
        asked = set(re.findall(r"(?<![\w$'])\$([a-z_]+)", body))
        undeclared |= {f"{name_of(file)}: ${name}" for name in asked if not re.search(rf"\b{name}\b", header)}
    assert undeclared == set()


def test_no_left_join_meets_every_row_with_every_row() -> None:
    """DuckDB hashes a left join by its equalities only when nothing in its condition is an `or`.

    With one, a hundred thousand answers and a million memberships were compared pair by pair. An open end is written
    `coalesce(m.left_on, date '9999-12-31') > t.happened_on`; what concerns the left side alone stands in a `case`.
    """
    slow = {
        f"{name_of(file)}: {table}"
        for file in files(".sql", under=SRC)
        for table, condition in LEFT_JOIN.findall(file.read_text(encoding="utf-8"))
        if table not in HANDFULS and re.search(r"\bor\b|^\s*\w+\.\w+ is (?:not )?null and", condition)
    }
    assert slow == set()
