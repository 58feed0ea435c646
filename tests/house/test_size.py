import ast

from tests.house.checkout import files, name_of, tree, vendored

MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 50


def test_no_file_is_too_long_to_hold() -> None:
    ours = [file for file in files(".py", ".sql", ".html", ".css", ".js", ".mako") if not vendored(file)]
    lines = {name_of(file): len(file.read_text(encoding="utf-8").splitlines()) for file in ours}
    assert {name: n for name, n in lines.items() if n > MOST_LINES} == {}


def test_no_function_is_too_long_to_hold() -> None:
    lengths = {
        f"{name_of(file)}: {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for file in files(".py")
        for node in ast.walk(tree(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: n for name, n in lengths.items() if n > MOST_LINES_OF_A_FUNCTION} == {}
