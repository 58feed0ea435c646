"""Processes are killed for real in the middle of sending; nobody gets the same message twice."""

import multiprocessing
import random
import time
from collections import Counter
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.intervene.receivers import Mailbox
from tests.intervene.sender import send_all
from tests.store.tables.test_interventions import a_message
from waypost.store import Interventions, InterventionState, Operations

MESSAGES = 40
KILLS = 4


def test_a_killed_sender_never_sends_twice(tmp_path: Path, mailbox: Mailbox) -> None:
    file, dice = tmp_path / "operations.db", random.Random(20261102)
    outbox = Interventions(Operations(file))
    messages = [
        a_message(
            n,
            intervention_id=f"{n:032x}",
            address=f"p{n}@acme.example",
            content={"subject": "Hi", "html": ""},
        )
        for n in range(MESSAGES)
    ]
    outbox.record(messages, play="p", through=1)
    for _ in range(KILLS):
        process = a_sender(file, mailbox.port)
        until, deadline = len(mailbox.raw) + 4, time.monotonic() + 120
        while len(mailbox.raw) < until and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(dice.uniform(0, 0.02))
        process.kill()
        process.join()
    last = a_sender(file, mailbox.port)
    last.join(120)
    assert last.exitcode == 0
    states = outbox.counts()["first_week_back"]
    unknown = states.get(InterventionState.UNKNOWN, 0)
    got = Counter(mail["Message-ID"] for mail in mailbox.mails)
    assert set(got.values()) == {1}
    assert states[InterventionState.SENT] + unknown == MESSAGES
    assert unknown <= KILLS
    assert states[InterventionState.SENT] <= len(got) <= MESSAGES


def a_sender(file: Path, port: int) -> BaseProcess:
    # A server that forks has imported everything once, and has none of this process's threads.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.intervene.sender"])
    process = context.Process(target=send_all, args=(str(file), port))
    process.start()
    return process
