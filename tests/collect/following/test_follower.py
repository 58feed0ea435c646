import bz2
import gzip
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.collect.following.writing import COMBINED, NOW, Log, catch_up, follower, ids_in, line
from waypost.collect import FileFormat, Follow, Follower, Format
from waypost.collect.following.follower import MOST_LOST
from waypost.collect.log_rules import LogRules, Request
from waypost.core import ImportRefusedError, StoreError
from waypost.store import Inbox, Outcome


def copy_and_truncate(log: Log, to: str) -> Path:
    copy = log.file.with_name(to)
    shutil.copyfile(log.file, copy)
    os.truncate(log.file, 0)
    return copy


def pack(file: Path) -> Path:
    packed = file.with_name(file.name + ".gz")
    packed.write_bytes(gzip.compress(file.read_bytes()))
    file.unlink()
    return packed


@pytest.mark.parametrize("restarts", [False, True], ids=["one process", "a new one each time"])
def test_whatever_is_done_to_a_log_each_line_is_taken_in_once(
    inbox: Inbox, log: Log, *, restarts: bool
) -> None:
    following = follower(inbox, log.file)

    def go_on() -> None:
        nonlocal following
        catch_up(following)
        if restarts:
            following.close()
            following = follower(inbox, log.file)

    log.write(700)
    go_on()
    log.write(300)
    log.file.rename(log.file.with_name("access.log.1"))
    log.write(310)
    go_on()
    log.write(90)
    copy = copy_and_truncate(log, "access.log-20260601")
    log.write(120)
    go_on()
    log.write(80)
    pack(copy)
    go_on()
    log.write(155)
    log.file.rename(log.file.with_name("old.log"))
    pack(log.file.with_name("old.log").rename(log.file.with_name("access.log.2")))
    log.write(45)
    go_on()
    log.write(33)
    copy_and_truncate(log, "access.log.3")
    go_on()
    log.write(1)
    catch_up(following)
    assert following.problems == []
    assert ids_in(inbox) == log.ids()
    assert len(ids_in(inbox)) == 1834


def test_a_line_without_its_end_waits(inbox: Inbox, log: Log) -> None:
    following = follower(inbox, log.file)
    log.write(2)
    with log.file.open("a") as file:
        file.write(line(2)[:50])
    catch_up(following, turns=5)
    assert following.report.lines == 2
    with log.file.open("a") as file:
        file.write(line(2)[50:])
    log.written.append(line(2))
    catch_up(following)
    assert (following.report.lines, following.report.refused) == (3, {})
    assert ids_in(inbox) == log.ids()


def test_a_file_that_vanishes_is_read_to_its_end(inbox: Inbox, log: Log) -> None:
    following = follower(inbox, log.file)
    log.write(5)
    catch_up(following)
    log.write(5)
    log.written.append(line(10))
    with log.file.open("a") as file:
        file.write(line(10).strip())
        file.flush()
        log.file.unlink()
        catch_up(following, turns=6)
        assert following.report.lines == 11
    log.write(3)
    catch_up(following)
    assert ids_in(inbox) == log.ids()
    assert [each.ended for each in inbox.file_positions("web") if each.path] == [True, False]


def test_a_pattern_that_means_rotated_files_too_takes_each_in_once(inbox: Inbox, log: Log) -> None:
    log.write(400)
    pack(log.file.rename(log.file.with_name("access.log.2")))
    log.write(300)
    log.file.rename(log.file.with_name("access.log.1"))
    log.write(200)
    following = follower(inbox, log.file.parent / "access.log*")
    catch_up(following)
    copy = copy_and_truncate(log, "access.log.0")
    log.write(200)
    catch_up(following)
    copy.rename(copy.with_name("access.log.5"))
    catch_up(following)
    following.close()
    following = follower(inbox, log.file.parent / "access.log*")
    catch_up(following, turns=2)
    assert ids_in(inbox) == log.ids()
    assert following.report.lines == 0


def test_logs_that_came_and_went_while_nobody_followed_are_taken_in_too(inbox: Inbox, log: Log) -> None:
    history = [line(number).replace("ada", "ben") for number in range(120)]
    log.file.with_name("access.log.1.gz").write_bytes(gzip.compress("".join(history).encode()))
    log.write(100)
    catch_up(follower(inbox, log.file))
    log.file.rename(log.file.with_name("access.log.2"))
    log.write(100)
    copy_and_truncate(log, "access-20260601.log")
    log.write(100)
    pack(log.file.rename(log.file.with_name("access.log.3")))
    log.write(100)
    # Other logs whose names begin alike are no part of it.
    log.file.with_name("access-api.log").write_text("".join(history))
    log.file.with_name("access.log.bak").write_text("".join(history))
    catch_up(follower(inbox, log.file))
    assert ids_in(inbox) == log.ids()


def test_a_copy_in_the_making_is_left_alone(inbox: Inbox, log: Log) -> None:
    log.write(50)
    following = follower(inbox, log.file.parent / "access.log*")
    catch_up(following)
    shutil.copyfile(log.file, log.file.with_name("access.log.1"))
    log.file.with_name("access.log.2.gz").write_bytes(gzip.compress(log.file.read_bytes())[:-9])
    catch_up(following, turns=3)
    assert following.report.lines == 50


def test_packed_files_wait_until_they_are_whole(inbox: Inbox, log: Log) -> None:
    log.write(50)
    whole = bz2.compress(log.file.read_bytes())
    log.file.unlink()
    packed = log.file.with_name("access.log.1.bz2")
    packed.write_bytes(whole[:-4])
    following = follower(inbox, log.file.parent / "access.log*")
    catch_up(following, turns=3)
    packed.write_bytes(whole)
    catch_up(following, turns=3)
    assert following.report.lines == 50
    assert ids_in(inbox) == log.ids()


def test_from_its_end_on_means_the_lines_after_now_whatever_happens(inbox: Inbox, log: Log) -> None:
    log.write(250)
    following = follower(inbox, log.file, from_end=True)
    catch_up(following)
    log.write(70)
    # Killed before it had read any of them.
    following.close()
    following = follower(inbox, log.file, from_end=True)
    catch_up(following)
    log.file.rename(log.file.with_name("access.log.1"))
    log.write(30)
    catch_up(following)
    assert following.report.lines == 100
    assert set(ids_in(inbox)) < set(log.ids())
    assert len(set(ids_in(inbox))) == 100


def test_from_the_end_of_nothing_means_all_that_comes(inbox: Inbox, log: Log) -> None:
    following = follower(inbox, log.file, from_end=True)
    catch_up(following)
    following.close()
    log.write(5)
    following = follower(inbox, log.file, from_end=True)
    catch_up(following)
    assert ids_in(inbox) == log.ids()


def test_lines_that_are_too_long_are_refused_once_and_cost_themselves_alone(inbox: Inbox, log: Log) -> None:
    following = follower(inbox, log.file)
    log.write(1)
    with log.file.open("a") as file:
        file.write("x" * 70_000)
    catch_up(following)
    following.close()
    following = follower(inbox, log.file)
    with log.file.open("a") as file:
        file.write("x" * 70_000)
        file.flush()
        catch_up(following)
        file.write("x\n")
    log.write(1)
    catch_up(following)
    assert ids_in(inbox) == log.ids()
    counts = {
        each.reason: each.n for each in inbox.door_counts("2026-06-03") if each.outcome is Outcome.REFUSED
    }
    assert counts == {"too_large": 1}


def test_a_log_that_names_its_fields_is_read_on_by_those_named_last(inbox: Inbox, tmp_path: Path) -> None:
    asked = Follow(
        source="web", patterns=(str(tmp_path / "u_ex*.log"),), file_format=FileFormat(Format.W3C_LOG)
    )
    log = tmp_path / "u_ex260601.log"
    log.write_text(
        "#Fields: date time c-ip cs-username cs-method cs-uri-stem cs-uri-query sc-status\n"
        "2026-06-01 10:00:00 10.0.0.1 ada POST /a - 200\n"
        "#Fields: date time cs-username c-ip cs-method cs-uri-stem cs-uri-query sc-status\n"
        "2026-06-01 10:00:01 ada 10.0.0.1 POST /b - 200\n"
    )
    following = Follower(asked, inbox)
    catch_up(following)
    following.close()
    with log.open("a") as file:
        file.write("2026-06-01 10:00:02 ben 10.0.0.1 POST /c - 200\n")
    catch_up(Follower(asked, inbox))
    assert [(each.person_id, each.name) for each in inbox.take(0, 10).events] == [
        ("ada", "POST /a"),
        ("ada", "POST /b"),
        ("ben", "POST /c"),
    ]


def test_two_logs_that_begin_alike_are_two(inbox: Inbox, tmp_path: Path) -> None:
    for name in ("u1.log", "u2.log"):
        (tmp_path / name).write_text("#Fields: date time c-ip cs-username cs-method cs-uri-stem sc-status\n")
    asked = Follow(source="web", patterns=(str(tmp_path / "u*.log"),), file_format=FileFormat(Format.W3C_LOG))
    following = Follower(asked, inbox)
    catch_up(following)
    for number, name in enumerate(("u1.log", "u2.log")):
        with (tmp_path / name).open("a") as file:
            file.write(f"2026-06-01 10:00:0{number} 10.0.0.1 ada POST /{name} 200\n")
        catch_up(following)
    assert [each.name for each in inbox.take(0, 10).events] == ["POST /u1.log", "POST /u2.log"]


def test_what_lines_mean_may_change_meanwhile(inbox: Inbox, log: Log) -> None:
    following = follower(inbox, log.file)
    log.write(4)
    catch_up(following)
    following.means(LogRules(requests=(Request(path="POST /projects/:project/export", name="Exported"),)))
    log.write(4)
    catch_up(following)
    assert [each.name for each in inbox.take(0, 10).events] == ["POST /projects/:id/export"] * 4 + [
        "Exported"
    ] * 4
    assert ids_in(inbox) == log.ids()


def test_what_cannot_be_read_is_told_with_what_to_do(inbox: Inbox, tmp_path: Path) -> None:
    following = follower(inbox, tmp_path / "none" / "*.log", tmp_path / "*.log")
    catch_up(following)
    assert following.problems[0].startswith(f"there is no folder {tmp_path}/none")
    assert following.problems[1] == f"no file is called {tmp_path}/*.log"
    (tmp_path / "broken.log").write_bytes(gzip.compress(b"x" * 1000)[:12])
    following = follower(inbox, tmp_path / "*.log")
    catch_up(following, turns=2)
    assert "broken.log cannot be read" in following.problems[0]


def test_a_file_that_may_not_be_read_is_told(inbox: Inbox) -> None:
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        log = Log(Path(made) / "access.log")
        log.write(1)
        log.file.chmod(0)
        following = follower(inbox, log.file)
        with nobody():
            catch_up(following, turns=2)
            user = os.geteuid()
        assert following.problems == [
            f"{log.file} may not be read by the user that Waypost runs as (number {user}); give that user the right to"
        ]
        log.file.chmod(0o644)
        with nobody():
            catch_up(following)
        assert (following.problems, following.report.lines) == ([], 1)
        # So is one that came and went meanwhile.
        log.write(1)
        rotated = log.file.rename(log.file.with_name("access.log.1"))
        following.close()
        following = follower(inbox, log.file)
        rotated.chmod(0)
        log.write(1)
        with nobody():
            catch_up(following, turns=2)
        assert "access.log.1 may not be read" in following.problems[0]
        rotated.chmod(0o644)
        with nobody():
            catch_up(following)
        assert ids_in(inbox) == log.ids()


def test_files_that_were_lost_long_ago_are_given_up(inbox: Inbox, log: Log) -> None:
    following = follower(inbox, log.file)
    for _ in range(MOST_LOST + 5):
        log.write(1)
        catch_up(following)
        log.file.write_bytes(b"")
        catch_up(following)
    assert ids_in(inbox) == log.ids()
    kept = [each.ended for each in inbox.file_positions("web") if each.path]
    assert kept.count(False) == MOST_LOST


@contextmanager
def nobody() -> Iterator[None]:
    """Be a user who may not read everything."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(before)


def test_when_the_disk_refuses_it_the_lines_are_read_again_as_they_were(log: Log, tmp_path: Path) -> None:
    """The readers had counted identical lines already: they must not count them twice."""
    inbox = Inbox(tmp_path / "inbox.db")
    following = follower(inbox, log.file)
    log.write(100)
    catch_up(following)
    log.write(100)
    # What the disk says when it is full, said by the database itself.
    inbox._rows.execute(
        "create temp trigger full before insert on chunks begin select raise(abort, 'full'); end"
    )
    with pytest.raises(StoreError):
        following.turn(NOW)
    inbox._rows.execute("drop trigger full")
    catch_up(following)
    assert ids_in(inbox) == log.ids()
    inbox.close()


def test_a_format_that_means_nothing_is_refused_at_once(inbox: Inbox) -> None:
    asked = Follow(source="web", patterns=("/x",), file_format=COMBINED._replace(written="%h"))
    with pytest.raises(ImportRefusedError):
        Follower(asked, inbox)
