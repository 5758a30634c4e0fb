"""Device calls beside the engine loop."""

from __future__ import annotations

import threading
from functools import partial

from audio import worker
from audio.worker import Wake, Worker


def test_jobs_run_in_order():
    done = threading.Event()
    order: list[int] = []
    jobs = Worker("test")
    for number in range(20):
        jobs.submit(partial(order.append, number))
    jobs.submit(done.set)
    assert done.wait(5)
    assert order == list(range(20))


def test_a_release_that_hangs_does_not_stop_what_comes_after(monkeypatch):
    monkeypatch.setattr(worker, "_PATIENCE_S", 0.05)
    hanging, released, next_job = threading.Event(), threading.Event(), threading.Event()
    jobs = Worker("test")

    def hang() -> None:
        hanging.wait()

    jobs.submit_release(hang, released.set)
    jobs.submit(next_job.set)
    assert released.wait(5)
    assert next_job.wait(5)
    hanging.set()


def test_a_wake_up_is_sent_once_until_it_is_noticed():
    sent: list[None] = []
    wake = Wake(sent.append)
    wake()
    wake()
    assert sent == [None]
    wake.clear()
    wake()
    assert sent == [None, None]
