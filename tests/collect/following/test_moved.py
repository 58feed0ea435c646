"""Logs that rotation moves into a folder of old ones, and tables of ids that are written anew meanwhile."""

import gzip
import shutil
from pathlib import Path

import pytest

from tests.collect.following.writing import Log, catch_up, follower, ids_in, line
from waypost.collect.log_rules import LogRules, Place
from waypost.store import Inbox


@pytest.mark.parametrize("moves", ["renamed", "copied", "packed"])
def test_what_rotation_moved_into_a_folder_of_old_logs_is_taken_in_once(
    inbox: Inbox, log: Log, moves: str
) -> None:
    old = log.file.parent / "old"
    old.mkdir()
    (old / "access.log.2").write_text("".join(line(number).replace("ada", "ben") for number in range(60)))
    log.write(100)
    following = follower(inbox, log.file)
    catch_up(following)
    log.write(50)
    _into(old, log, "access.log-20260601", moves)
    log.write(100)
    catch_up(following)
    following.close()
    log.write(50)
    _into(old, log, "access.log-20260602", moves)
    log.write(100)
    _into(old, log, "access.log-20260603", moves)
    log.write(10)
    catch_up(follower(inbox, log.file))
    assert ids_in(inbox) == log.ids()


def _into(old: Path, log: Log, name: str, moves: str) -> None:
    if moves == "renamed":
        log.file.rename(old / name)
    elif moves == "copied":
        shutil.copyfile(log.file, old / name)
        log.file.unlink()
    else:
        (old / f"{name}.gz").write_bytes(gzip.compress(log.file.read_bytes()))
        log.file.unlink()


def test_a_live_log_in_a_folder_inside_another_keeps_its_own(inbox: Inbox, log: Log) -> None:
    inner = Log(log.file.parent / "shop" / "access.log")
    inner.file.parent.mkdir()
    log.write(30)
    inner.write(40)
    following = follower(inbox, log.file, inner.file)
    catch_up(following)
    inner.file.rename(inner.file.with_name("access.log.1"))
    inner.write(40)
    catch_up(following)
    assert len(inbox.take(0, 1_000).events) == 110


def test_a_table_that_is_written_anew_is_read_anew(inbox: Inbox, log: Log, tmp_path: Path) -> None:
    table = tmp_path / "accounts.csv"
    table.write_text("ada,acme\n")
    rules = LogRules(account=(Place(origin="user", file=str(table)),))
    following = follower(inbox, log.file)
    following.means(rules)
    log.write(4)
    catch_up(following)
    table.write_text("ada,acme-eu\n")
    following.means(rules)
    log.write(4)
    catch_up(following)
    table.write_text("ada\n")
    following.means(rules)
    log.write(4)
    catch_up(following)
    assert (
        "expected a value and an id beside it; lines are read by what it said before" in following.problems[0]
    )
    table.write_text("ada,beta\n")
    following.means(rules)
    log.write(4)
    catch_up(following)
    assert following.problems == []
    accounts = [each.account_id for each in inbox.take(0, 100).events]
    assert accounts == ["acme"] * 4 + ["acme-eu"] * 8 + ["beta"] * 4
