"""Takes between the journal and the app."""

from __future__ import annotations

import pytest

from audio import journal
from audio.journal import JournalWriter
from audio.messages import (
    Event,
    JournalFailed,
    Paused,
    Pcm,
    SpeechResumed,
    TakeEnd,
    TakeEnded,
    TakeStarted,
)
from audio.takes import TakeRecorder

SECOND = b"\x01\x00" * 16_000


@pytest.fixture
def sent() -> list[Event | Pcm]:
    return []


@pytest.fixture
def takes(tmp_path, sent) -> TakeRecorder:
    return TakeRecorder(tmp_path, sent.append)


def test_the_place_on_disk_is_there_before_anything_is_heard(takes, tmp_path, sent):
    takes.arm()
    takes.arm()
    assert len(list(tmp_path.iterdir())) == 1
    assert sent == []
    takes.disarm()
    assert list(tmp_path.iterdir()) == []


def test_a_take_goes_to_disk_and_app_alike(takes, tmp_path, sent):
    takes.arm()
    takes.begin(SECOND[:3200], interrupted="reply", played_ms=7)
    takes.append(SECOND)
    assert takes.duration_ms == 1100
    takes.end(TakeEnd.SILENCE, 900)
    (take,) = journal.unfinished(tmp_path)
    assert sent == [
        TakeStarted(take.take_id, 100, "reply", 7),
        Pcm(take.take_id, SECOND[:3200]),
        Pcm(take.take_id, SECOND),
        TakeEnded(take.take_id, 1100, 900, TakeEnd.SILENCE),
    ]
    assert journal.read(take.path).data == SECOND[:3200] + SECOND


def test_a_pause_is_told_with_the_length_so_far(takes, sent):
    takes.begin(SECOND)
    takes.pause(900)
    takes.append(SECOND[:3200])
    takes.go_on()
    assert sent[2:] == [
        Paused(takes.take_id, 1000, 900),
        Pcm(takes.take_id, SECOND[:3200]),
        SpeechResumed(takes.take_id),
    ]


def test_without_a_take_there_is_no_pause(takes, sent):
    takes.arm()
    takes.pause(0)
    takes.go_on()
    assert sent == []


def test_each_take_has_its_own_name(takes, tmp_path):
    for _ in range(3):
        takes.begin(SECOND)
        takes.end(TakeEnd.RELEASED, 0)
    assert len({take.take_id for take in journal.unfinished(tmp_path)}) == 3


def test_an_end_without_a_take_is_nothing(takes, sent):
    takes.end(TakeEnd.CLOSED, 0)
    assert sent == []


def test_disarming_does_not_touch_an_open_take(takes, tmp_path):
    takes.begin(SECOND)
    takes.disarm()
    takes.append(SECOND)
    takes.end(TakeEnd.RELEASED, 0)
    (take,) = journal.unfinished(tmp_path)
    assert take.duration_ms == 2000


def test_a_disk_that_refuses_for_a_moment_is_reported_once_and_leaves_no_gap(
    takes, tmp_path, sent, monkeypatch
):
    takes.begin(SECOND)
    write = JournalWriter._write_frame

    def refuse(_writer: JournalWriter, _count: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(JournalWriter, "_write_frame", refuse)
    takes.append(SECOND)
    takes.append(SECOND)
    monkeypatch.setattr(JournalWriter, "_write_frame", write)
    takes.append(SECOND)
    takes.end(TakeEnd.RELEASED, 0)
    (take,) = journal.unfinished(tmp_path)
    assert take.duration_ms == 4000
    failures = [message for message in sent if isinstance(message, JournalFailed)]
    assert [failure.take_id for failure in failures] == [take.take_id]
    assert sum(len(message.data) for message in sent if isinstance(message, Pcm)) == 4 * 32_000


def test_a_disk_that_refuses_from_the_beginning_is_reported_when_the_take_begins(tmp_path, sent):
    (tmp_path / "file").write_text("")
    takes = TakeRecorder(tmp_path / "file", sent.append)
    takes.arm()
    assert sent == []
    takes.begin(b"")
    takes.append(SECOND)
    takes.end(TakeEnd.RELEASED, 0)
    assert [type(message) for message in sent] == [TakeStarted, JournalFailed, Pcm, TakeEnded]
