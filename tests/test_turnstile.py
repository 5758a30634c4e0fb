"""Several beside each other, or one alone, in the order in which they came."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from pathlib import Path

from tests.desk.waiting import wait_until
from tests.turnstile import Turnstile


def test_who_wants_to_be_alone_waits_for_the_others_and_the_next_wait_for_it(
    tmp_path: Path,
) -> None:
    entered: list[str] = []
    leave = {name: threading.Event() for name in ("first", "second", "alone", "next")}

    def pass_through(name: str, way: AbstractContextManager[None]) -> None:
        with way:
            entered.append(name)
            leave[name].wait()

    def start(name: str, *, alone: bool = False) -> threading.Thread:
        turnstile = Turnstile(tmp_path)
        way = turnstile.alone() if alone else turnstile.beside()
        thread = threading.Thread(target=pass_through, args=(name, way))
        thread.start()
        return thread

    threads = [start("first"), start("second")]
    wait_until(lambda: len(entered) == 2, "two beside each other")
    threads.append(start("alone", alone=True))
    threads[-1].join(0.2)
    threads.append(start("next"))
    threads[-1].join(0.2)
    leave["first"].set()
    threads[2].join(0.2)
    assert sorted(entered) == ["first", "second"]
    leave["second"].set()
    wait_until(lambda: len(entered) == 3, "one alone")
    threads[3].join(0.2)
    assert entered[2:] == ["alone"]
    leave["alone"].set()
    wait_until(lambda: len(entered) == 4, "the next")
    leave["next"].set()
    for thread in threads:
        thread.join()
