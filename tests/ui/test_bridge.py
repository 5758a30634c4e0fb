from __future__ import annotations

import threading

from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from app import commands, events
from app.state import Phase
from tests.ui import told
from ui.bridge import Bridge
from ui.scripted_core import ScriptedCore


class Heard:
    """What a bridge published, and on which thread."""

    def __init__(self, bridge: Bridge) -> None:
        self.events: list[events.Event] = []
        self.threads: set[int] = set()
        bridge.published.connect(self._on_event)

    def _on_event(self, event: events.Event) -> None:
        self.events.append(event)
        self.threads.add(threading.get_ident())


def test_events_arrive_in_order_on_the_gui_thread(qtbot: QtBot) -> None:
    core = ScriptedCore()
    heard = Heard(bridge := Bridge(core))
    sent = [events.ReplyDelta("r", str(number)) for number in range(2_000)]
    core.publish(*sent)
    qtbot.waitUntil(lambda: len(heard.events) == len(sent))
    assert heard.events == sent
    assert heard.threads == {threading.get_ident()}
    assert bridge.thread() is QThread.currentThread()


def test_levels_that_wait_are_one(qtbot: QtBot) -> None:
    core = ScriptedCore()
    heard = Heard(bridge := Bridge(core))
    core.publish(*(events.LevelChanged(n / 100, 0) for n in range(100)), events.Closed())
    core.stop()
    qtbot.waitUntil(lambda: bool(heard.events))
    assert heard.events == [events.Closed(), events.LevelChanged(0.99, 0)]
    assert bridge is not None


def test_level_is_never_left_behind(qtbot: QtBot) -> None:
    core = ScriptedCore()
    heard = Heard(bridge := Bridge(core))
    for number in range(300):
        core.publish(events.LevelChanged(number / 300, 0))
    core.stop()
    last = events.LevelChanged(299 / 300, 0)
    qtbot.waitUntil(lambda: last in heard.events)
    assert bridge is not None


def test_commands_go_down(qapp) -> None:
    core = ScriptedCore()
    Bridge(core).send(commands.StopReply())
    assert core.sent == [commands.StopReply()]


def test_closed_bridge_delivers_nothing(qtbot: QtBot) -> None:
    core = ScriptedCore()
    heard = Heard(bridge := Bridge(core))
    core.publish(told.state(Phase.IDLE))
    core.stop()
    bridge.close()
    core.publish(told.state(Phase.SPEAKING))
    core.stop()
    other = Heard(Bridge(second := ScriptedCore()))
    second.publish(events.Closed())
    qtbot.waitUntil(lambda: bool(other.events))
    assert heard.events == []
