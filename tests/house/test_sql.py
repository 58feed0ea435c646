import re

from tests.house.checkout import SRC, files, name_of

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
