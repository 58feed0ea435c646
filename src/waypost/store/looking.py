"""Members may ask the warehouse in their own SQL; this says what such a question may hold."""

import json
import re
from typing import Any

import duckdb

from waypost.core import StoreError

# Table functions that only compute or describe. All others are refused: some write files (enable_profiling),
# run SQL that nobody looked at (query) or read memory (arrow_scan), and every release brings new ones.
TABLE_FUNCTIONS = frozenset(
    (
        "range",
        "generate_series",
        "unnest",
        "json_each",
        "json_tree",
        "pragma_table_info",
        "duckdb_tables",
        "duckdb_columns",
    )
)
# Functions with an effect of their own; random numbers do no harm.
HARMLESS = frozenset(("random", "setseed", "uuid", "uuidv4", "uuidv7", "gen_random_uuid"))
EXPLAIN = re.compile(r"\s*explain\s+(?:analyze\s+)?", re.IGNORECASE)
REFUSED = "only a single SELECT is answered here"


def check_looking(cursor: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Raise StoreError unless `sql` is one SELECT (or its EXPLAIN) that can only read the warehouse's tables.

    The engine parses it, so that no spelling, comment or nesting hides anything; nothing of it is run.
    """
    parsed = _parse(cursor, sql)
    effects = {name for (name,) in cursor.execute(_WITH_EFFECT).fetchall()} - HARMLESS
    waiting: list[Any] = [parsed]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            waiting.extend(node.values())
            name = str(node.get("function_name", "")).lower()
            if name in effects:
                raise StoreError(f"{REFUSED}; {name}() does more than read")
            if node.get("type") == "TABLE_FUNCTION":
                _check_table_function(str(node["function"].get("function_name", "")).lower())


def complaint(error: Exception) -> str:
    """Return the engine's own complaint, and what it thinks was meant, without the drawing below."""
    return " ".join(str(error).strip().split("\n\n")[0].splitlines())


_WITH_EFFECT = "select distinct function_name from duckdb_functions() where has_side_effects"


def _parse(cursor: duckdb.DuckDBPyConnection, sql: str) -> dict[str, Any]:
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise StoreError(f"the question cannot be read: {complaint(error)}") from None
    if len(statements) != 1:
        raise StoreError(f"{REFUSED}; this holds {len(statements)} statements")
    kind = statements[0].type
    if kind not in {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}:
        raise StoreError(f"{REFUSED}; this is {kind.name.replace('_', ' ')}")
    asked = EXPLAIN.sub("", sql, count=1) if kind == duckdb.StatementType.EXPLAIN else sql
    row = cursor.execute("select json_serialize_sql($asked)", {"asked": asked}).fetchone()
    parsed: dict[str, Any] = json.loads(row[0]) if row else {"error": True}
    if parsed.get("error"):
        raise StoreError(f"{REFUSED}; {parsed.get('error_message', 'this is something else')}")
    return parsed


def _check_table_function(name: str) -> None:
    if name not in TABLE_FUNCTIONS:
        raise StoreError(f"{REFUSED}; {name}() may not be used, the tables are listed by: show tables")
