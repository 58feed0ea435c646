"""The other two sources: a server log and a product database say what people do, and what their jobs do."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.stories.town import Town

NOW = datetime.now(tz=UTC)
pytestmark = pytest.mark.story


def test_a_log_file_becomes_use_of_features_and_its_noise_is_counted(town: Town, tmp_path: Path) -> None:
    lines = [
        _line("ada", "POST /projects/17/export HTTP/1.1", 200),
        _line("ada", "POST /projects/18/export HTTP/1.1", 200),
        _line("ada", "GET /static/app.css HTTP/1.1", 200),
        _line("-", "GET /healthz HTTP/1.1", 200, agent="ELB-HealthChecker/2.0"),
        _line("-", "GET / HTTP/1.1", 200, agent="Mozilla/5.0 (compatible; Googlebot/2.1)"),
        _line("ada", "POST /projects/19/export HTTP/1.1", 500),
    ]
    file = tmp_path / "access.log"
    file.write_text("".join(lines))
    joined = tmp_path / "facts.ndjson"
    joined.write_text(_joined("ada", NOW - timedelta(days=3)))
    town.command("import", str(joined), "--source", "crm")
    said = town.command("import", str(file), "--source", "web")
    assert "2 events taken in from 6 lines" in said
    assert said.count("noise") == 4
    used = town.until(lambda: town.sql("select feature, actor, sum(n) as n from usage_daily group by all"))
    assert used == [{"feature": "exports", "actor": "human", "n": 2}]
    again = town.command("import", str(file), "--source", "web")
    assert "2 events taken in" in again
    town.command("round")
    assert town.sql("select count(*) as n from events where kind = 'log'") == [{"n": 2}]


def test_a_scheduled_job_in_the_product_database_counts_as_use_and_stops_a_false_stray(
    town: Town, tmp_path: Path
) -> None:
    """Ada and Ben both got access eight days ago and never came; Ada has set a job up that exports every night."""
    product = tmp_path / "product.db"
    day_0 = NOW - timedelta(days=8)
    with sqlite3.connect(product) as rows:
        rows.execute(
            "create table export_runs (id integer primary key, owner text, ran_at text, row_count integer)"
        )
        nights = [(f"{day_0 + timedelta(days=n):%Y-%m-%d 02:00:00}", 100 + n) for n in range(1, 8)]
        rows.executemany("insert into export_runs (owner, ran_at, row_count) values ('ada', ?, ?)", nights)
    (tmp_path / "runs.sql").write_text("select id, owner, ran_at, row_count from export_runs")
    (tmp_path / "runs.yaml").write_text(
        "time: ran_at\nkey: [id]\ncursor: id\nperson: owner\nquantity: row_count\n"
        "event: export_run\nactor: automated\noverlap: 0\n"
    )
    facts = tmp_path / "facts.ndjson"
    facts.write_text(_joined("ada", day_0) + _joined("ben", day_0))
    where = ["--query", str(tmp_path / "runs.sql"), "--mapping", str(tmp_path / "runs.yaml")]
    town.command("source", "add", "product-db", "--url", f"sqlite:///{product}", *where)
    town.until(lambda: town.sql("select 1 from events where source = 'product-db'"))
    town.command("import", str(facts), "--source", "crm")
    strays = town.until(lambda: town.sql("select person_id from events where name = 'strayed'"))
    assert strays == [{"person_id": "ben"}]
    automated = town.sql(
        "select person_id, actor, sum(n) as n, sum(quantity) as quantity from usage_daily group by all"
    )
    assert automated == [{"person_id": "ada", "actor": "automated", "n": 7, "quantity": sum(range(101, 108))}]
    town.command("source", "run", "product-db")
    town.command("round")
    assert town.sql("select count(*) as n from events where kind = 'row'") == [{"n": 7}]


def _joined(person: str, at: datetime) -> str:
    event = {
        "kind": "membership",
        "name": "joined",
        "happened_at": at.isoformat(),
        "person_id": person,
        "account_id": "acme",
        "properties": {"role": "analyst"},
    }
    return json.dumps(event) + "\n"


def _line(
    user: str, request: str, status: int, *, agent: str = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"
) -> str:
    at = f"{NOW - timedelta(hours=1):%d/%b/%Y:%H:%M:%S +0000}"
    return f'203.0.113.7 - {user} [{at}] "{request}" {status} 512 "-" "{agent}"\n'
