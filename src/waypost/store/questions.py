"""A question is a .sql file; callers name it and hand in named parameters."""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from waypost.core import StoreError

ROOT = files("waypost.store") / "sql"


@cache
def question(name: str) -> str:
    """Return the SQL of `sql/<name>.sql`, where name may hold folders: `show/accounts`.

    Raises StoreError when there is no such question, which is a fault of ours and never of the data.
    """
    place: Traversable = ROOT.joinpath(*f"{name}.sql".split("/"))
    if not place.is_file():
        raise StoreError(f"there is no question named {name!r} in store/sql")
    return place.read_text(encoding="utf-8")
