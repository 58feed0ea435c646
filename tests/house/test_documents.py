import re
import tomllib

from tests.house.checkout import DOCS, ROOT, files, name_of

LINK = re.compile(r"\]\(([^)\s]+)\)")
MOST_WORDS_OF_A_PAGE = 520


def test_links_between_documents_lead_somewhere() -> None:
    pages = [*files(".md", under=DOCS), *ROOT.glob("*.md")]
    lost = {
        f"{name_of(page)}: {target}"
        for page in pages
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not target.startswith(("http:", "https:", "mailto:", "#"))
        and not (page.parent / target.partition("#")[0]).exists()
    }
    assert lost == set()


def test_a_decision_fits_a_page_and_has_a_number_of_its_own() -> None:
    decisions = files(".md", under=DOCS / "decisions")
    words = {name_of(file): len(file.read_text(encoding="utf-8").split()) for file in decisions}
    numbers = [file.name[:4] for file in decisions]
    assert {name: n for name, n in words.items() if n > MOST_WORDS_OF_A_PAGE} == {}
    assert numbers == [f"{n:04}" for n in range(1, len(numbers) + 1)]


def test_every_dependency_has_a_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = [re.split(r"[><=]", requirement)[0] for requirement in asked]
    records = (
        "0002-dependencies.md",
        "0013-real-clients-are-the-test.md",
        "0016-strangers-are-played.md",
        "0017-customers-databases.md",
    )
    reasons = "".join((DOCS / "decisions" / name).read_text(encoding="utf-8") for name in records)
    assert [name for name in names if f"`{name}`" not in reasons] == []
