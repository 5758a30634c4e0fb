"""Pictures of the real window in its main situations, with a scripted core and no sound.

    python packaging/screenshots.py FOLDER [--platform offscreen|xcb] [--scale 1|2] [--only NAME]

Each scale is drawn by a process of its own. On `xcb` it draws on $DISPLAY.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from permission_situations import CLEAN, TAINTED, TOOLS_PAGE
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from app import events
from app.conversation.message import ConversationSummary, Message, Role, ToolUse
from app.desktop.hotkeys import HotkeyName
from app.dictation.events import DictationEvent, HistoryListed, HotkeyStatus
from app.dictation.modes import ModeRule
from app.dictation.record import Dictation, Outcome, Target
from app.dictation.replacements import Replacement, Snippet
from app.errors import AppError, Code
from app.services import Service
from app.settings import Settings, changed
from app.state import Phase, State
from ui.onboarding.choice_cards import Place
from ui.placement import Placement
from ui.theme import Theme
from ui.window.remedies import Destination, Page
from ui.window.window import Window

SCALES = ("1", "2")
SCHEMES = ("light", "dark")
WIDE, NARROW, SMALLEST = (920, 680), (420, 640), (420, 520)
SETTLE_S = 0.12
NOW = datetime.datetime.now(datetime.UTC)

CODE = """Here is a small function that does it:

```python
def fibonacci(count: int) -> list[int]:
    numbers = [0, 1]
    while len(numbers) < count:
        numbers.append(numbers[-1] + numbers[-2])
    return numbers[:count]
```

It needs **one pass** and no recursion. Three things to know:

- `count` below two still works
- the list grows in place
- more about the series is at https://oeis.org/A000045
"""
DANUBE = (
    "The Danube rises in the Black Forest and flows east for 2,850 kilometres through ten "
    "countries before it reaches the Black Sea. On its way it passes four capitals: Vienna, "
    "Bratislava, Budapest and Belgrade."
)
HEARD = DANUBE[: DANUBE.index(" On its way")]
TIMER = ToolUse("t1", "set_timer", '{"minutes": 10, "label": "tea"}', "Set.", True, 0.12)


def user(text: str) -> Message:
    """Something a person said."""
    return Message(Role.USER, text, created_at=NOW, spoken=True)


def reply(text: str, heard: str | None = None, tools: tuple[ToolUse, ...] = ()) -> Message:
    """An answer."""
    return Message(Role.ASSISTANT, text, created_at=NOW, heard=heard, by="gpt-4o", tools=tools)


TALK = (
    user("Set a timer for ten minutes"),
    reply("The timer for your tea runs until 10:42.", tools=(TIMER,)),
    user("Tell me about the Danube"),
    reply(DANUBE, HEARD),
    user("Thanks. Now write me a function that lists the Fibonacci numbers."),
    reply(CODE),
)
TITLES = {
    "Set a timer for ten minutes": 0,
    "Plan for the weekend in Ljubljana": 0,
    "What is 17 percent of 240?": 1,
    "A letter to the landlord about the heating that still does not work": 1,
    "Translate a menu": 4,
    "Names for a grey cat": 12,
    "How do tides work?": 20,
}
SUMMARIES = tuple(
    ConversationSummary(title, title, NOW - datetime.timedelta(days=days))
    for title, days in TITLES.items()
)
LISTED = events.ConversationsListed(SUMMARIES)
DEVICES = events.DevicesChanged(
    (
        events.DeviceChoice("internal", "Built-in microphone", True),
        events.DeviceChoice("yeti", "Blue Yeti Stereo", False),
    ),
    (events.DeviceChoice("speakers", "Built-in speakers", True),),
)
KEY = events.KeyStatus("api.openai.com", events.KeyPlace.KEYRING)
NO_KEY = events.KeyStatus("api.groq.com", events.KeyPlace.NONE)
FOUND = events.ServersFound(
    (
        events.FoundServer(
            "http://127.0.0.1:11434/v1",
            "Ollama",
            "ollama",
            (Service.CHAT,),
            (events.ListedModel("llama3.2"), events.ListedModel("qwen3:8b")),
        ),
        events.FoundServer(
            "http://127.0.0.1:8000/v1",
            "Speaches",
            "speaches",
            (Service.TRANSCRIPTION, Service.SPEECH),
            (events.ListedModel("Systran/faster-distil-whisper-small.en"),),
        ),
    )
)
TESTED = (
    events.ServiceTested(
        Service.CHAT, True, "gpt-4o answers; its first words came after 0.4 s.", "Tools work.", 1.2
    ),
    events.ServiceTested(
        Service.TRANSCRIPTION,
        False,
        "api.groq.com did not accept the key.",
        "Enter it again.",
        0.3,
    ),
    events.ServiceTestStarted(Service.SPEECH),
)
APART = {
    "chat.source": "server",
    "transcription.source": "server",
    "transcription.base_url": "https://api.groq.com/openai/v1",
    "transcription.vocabulary": "Anna Kovač, Kubernetes",
    "speech.source": "server",
    "speech.base_url": "http://127.0.0.1:8000/v1",
}
OPENAI_ALL = {f"{service}.source": "server" for service in Service}
QUESTION = events.ApprovalRequested(
    "a",
    "Delete the note “Dentist on Friday”?",
    "delete_note",
    '{"id": 12, "title": "Dentist on Friday", "reason": "asked by \u202ethe user"}',
    True,
)
STREAM = (
    events.ReplyStarted("r", "gpt-4o"),
    events.ToolStarted("r", "s1", "search_notes", '{"query": "Danube"}'),
    events.ToolEnded("r", "s1", "Nothing found.", True, 0.4),
    events.ReplyDelta("r", DANUBE[:150]),
)


def opened(count: int) -> tuple[events.Event, ...]:
    """The beginning of the conversation on screen."""
    return (LISTED, events.ConversationOpened(SUMMARIES[0], TALK[:count]))


def notice(code: Code, detail: str) -> events.Notice:
    """The banner of an error."""
    error = AppError(code, detail)
    why = error.explanation
    return events.Notice(code.value, code, why.category, error.message, why.hint, why.action)


def wait(reason: str, seconds: float) -> events.Event:
    """A server is asked again in a while."""
    return events.RetryWaiting("w", Service.CHAT, reason, seconds)


KEPT = events.KeptTakesChanged(
    (
        events.KeptTake("k1", NOW, 4.2, "There is no connection to the internet."),
        events.KeptTake("k2", NOW, 71.0, trying=True),
    )
)


def state(phase: Phase, detail: str = "", *, on: bool = True, muted: bool = False) -> events.Event:
    """What goes on; `on` is hands-free with the microphone open."""
    return events.StateChanged(State(phase, on, muted, on and not muted, detail))


MAIL, CHAT = Target("Thunderbird", "Write: Re: the draft"), Target("Firefox", "Team chat")
LETTER = (
    "Dear Anna, thank you for your letter of last Tuesday. I have read the draft twice and agree "
    "with nearly all of it, except for the second paragraph, where the dates are wrong."
)


def dictation(
    number: int, hours: float, outcome: Outcome, text: str = "", **more: object
) -> Dictation:
    """A row of the history."""
    row = Dictation(f"d{number}", NOW - datetime.timedelta(hours=hours), MAIL, "E-mail", outcome)
    return dataclasses.replace(row, text=text, seconds=4.0 + number, **more)  # type: ignore[arg-type]


DICTATIONS = HistoryListed(
    "",
    (
        dictation(
            1,
            0.1,
            Outcome.INSERTED,
            LETTER,
            raw_text="dear anna um thank you for your letter of last tuesday i have read the draft "
            "twice and agree with nearly all of it except for the second paragraph where the dates "
            "are wrong",
            provider="OpenAI",
            model="gpt-4o-transcribe",
            cost_usd=0.0014,
            audio="d1.wav",
            detail="Inserted into Thunderbird. It read the text from the clipboard.",
        ),
        dictation(
            2,
            0.4,
            Outcome.HELD,
            "The meeting moves to three o'clock.",
            target=CHAT,
            audio="d2.wav",
            detail="Not inserted: another window had the keyboard when the text was ready.",
        ),
        dictation(
            3, 2, Outcome.NOTHING_HEARD, dropped_text="Thank you for watching.", audio="d3.wav"
        ),
        dictation(
            4, 3, Outcome.KEPT, audio="d4.wav", detail="There is no connection to the internet."
        ),
        dictation(
            5, 26, Outcome.INSERTED, "Could you send me the new numbers before noon?", target=CHAT
        ),
        dictation(6, 27, Outcome.CANCELLED, "No, that is not what I wanted to"),
        dictation(7, 80, Outcome.INSERTED, "會議在三點開始，請準時。", target=CHAT),
        dictation(
            8, 300, Outcome.COPIED, "git rebase --interactive main", target=Target("XTerm", "shell")
        ),
        dictation(
            9, 400, Outcome.FAILED, audio="d9.wav", detail="api.groq.com did not accept the key."
        ),
    ),
)
HOTKEYS = (
    HotkeyStatus(HotkeyName.DICTATE, "Ctrl+Alt+D"),
    HotkeyStatus(
        HotkeyName.EDIT_SELECTION,
        "Ctrl+Alt+S",
        "Another program already uses Ctrl+Alt+S. Choose another.",
    ),
    HotkeyStatus(HotkeyName.INSERT_AGAIN, "Super+F6"),
)
DICTATING = {
    "dictation.rules": (ModeRule("email", "thunderbird"), ModeRule("chat", "firefox", "*Slack*")),
    "dictation.replacements": (Replacement("kubernetis", "Kubernetes"),),
    "dictation.snippets": (Snippet("my address", "Anna Kovač\nTrubarjeva 4\n1000 Ljubljana"),),
    "dictation.enter_allowed": ("xterm",),
}
READY = state(Phase.IDLE, on=False)
EMPTY = (LISTED, events.ConversationOpened(ConversationSummary.empty(), ()))
SERVER = {"chat.source": "server", "chat.model": "gpt-4o"}
FIRST = {"general.first_run_done": False}


def go(page: Page, target: str = "") -> Callable[[Window], None]:
    """Open a page."""
    return lambda window: window.go(Destination(page, target))


def open_dictation(name: str) -> Callable[[Window], None]:
    """Show one dictation."""

    def does(window: Window) -> None:
        window.go(Destination(Page.HISTORY, name))

    return does


def see(window: Window, widget: QWidget) -> None:
    """Scroll the settings to a part of them."""
    for _ in range(40):
        QApplication.processEvents()
    for area in window.area.settings.findChildren(QScrollArea):
        area.ensureWidgetVisible(widget, 0, 120)


def edit_mode(window: Window) -> None:
    """Unfold a mode."""
    go(Page.SETTINGS)(window)
    row = window.area.settings.dictation.modes.rows["email"]
    row.unfold(True)
    see(window, row)


def see_tables(window: Window) -> None:
    """Bring the tables of dictation into view."""
    go(Page.SETTINGS)(window)
    see(window, window.area.settings.dictation.terminals)


def end_of_tools(window: Window) -> None:
    """Bring the end of the tools page into view."""
    go(Page.TOOLS)(window)
    for _ in range(40):
        QApplication.processEvents()
    for area in window.area.tools.findChildren(QScrollArea):
        area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())


def unfold(window: Window) -> None:
    """Show what the tool was called with."""
    transcript = window.area.conversation.transcript
    transcript.rows.toggle("t1")
    transcript.refold()


def point(window: Window) -> None:
    """Put the pointer on the last reply."""
    transcript = window.area.conversation.transcript
    last = transcript.entries.index(transcript.entries.rowCount() - 1)
    port, there = transcript.viewport(), transcript.visualRect(last).center()
    for at in (port.rect().topLeft(), there):
        QTest.mouseMove(port, at)


def ask_to_delete(window: Window) -> None:
    """Begin to delete a conversation."""
    conversations = window.sidebar.list
    conversations.ask_to_delete(conversations.model().index(2, 0))


def ask_to_discard(window: Window) -> None:
    """Begin to discard a kept recording."""
    transcript = window.area.conversation.transcript
    transcript.rows.toggle("k1")
    transcript.refold()


def choose_server(window: Window) -> None:
    """Choose a server of one's own in the first run."""
    window.first_run.cards.choose(Place.OTHER)


def choose_local(window: Window) -> None:
    """Choose the servers that were found here in the first run."""
    window.first_run.cards.choose(Place.LOCAL)


@dataclass(frozen=True)
class Situation:
    """What is on screen: events, settings, a size, and what a person does first."""

    told: tuple[events.Event | DictationEvent, ...]
    settings: Mapping[str, object] = field(default_factory=lambda: SERVER)
    size: tuple[int, int] = WIDE
    does: Callable[[Window], None] = lambda window: None


SITUATIONS = {
    "first-run": Situation((READY, DEVICES), FIRST),
    "first-run-server": Situation((READY, DEVICES), FIRST, does=choose_server),
    "first-run-found": Situation((READY, DEVICES, FOUND), FIRST, does=choose_local),
    "empty": Situation((READY, *EMPTY), {}),
    "conversation": Situation((READY, *opened(6))),
    "interrupted": Situation(
        (state(Phase.LISTENING), events.LevelChanged(0.5, 0), *opened(4)), does=unfold
    ),
    "hearing": Situation(
        (
            state(Phase.HEARING),
            events.LevelChanged(0.7, 0),
            *opened(4),
            events.PartialTranscript("And which of these capitals is the"),
        )
    ),
    "thinking": Situation((state(Phase.THINKING, "Asking gpt-4o"), *opened(3))),
    "streaming": Situation(
        (state(Phase.SPEAKING), events.LevelChanged(0, 0.8), *opened(3), *STREAM)
    ),
    "actions": Situation((READY, *opened(4)), does=point),
    "settings": Situation((READY, DEVICES, KEY, *opened(2)), does=go(Page.SETTINGS)),
    "settings-audio": Situation(
        (READY, DEVICES, KEY, *opened(2)),
        {**SERVER, "audio.input_device": "Røde NT-USB"},
        does=go(Page.SETTINGS, "audio.input_device"),
    ),
    "settings-built-in": Situation(
        (READY, DEVICES, KEY, FOUND, *EMPTY), {}, does=go(Page.SETTINGS)
    ),
    "settings-openai": Situation(
        (READY, DEVICES, KEY, FOUND, *EMPTY, TESTED[0]), OPENAI_ALL, does=go(Page.SETTINGS)
    ),
    "settings-apart": Situation(
        (READY, DEVICES, KEY, NO_KEY, FOUND, *EMPTY, *TESTED), APART, does=go(Page.SETTINGS)
    ),
    "settings-recognition": Situation(
        (READY, DEVICES, KEY, NO_KEY, FOUND, *EMPTY, *TESTED),
        APART,
        does=go(Page.SETTINGS, "speech.instructions"),
    ),
    "settings-dictation": Situation(
        (READY, DEVICES, KEY, *EMPTY, *HOTKEYS),
        DICTATING,
        does=go(Page.SETTINGS, "dictation.hotkey"),
    ),
    "settings-modes": Situation((READY, DEVICES, KEY, *EMPTY, *HOTKEYS), DICTATING, does=edit_mode),
    "settings-tables": Situation(
        (READY, DEVICES, KEY, *EMPTY, *HOTKEYS), DICTATING, does=see_tables
    ),
    "narrow-settings-dictation": Situation(
        (READY, DEVICES, KEY, *EMPTY, *HOTKEYS),
        DICTATING,
        NARROW,
        go(Page.SETTINGS, "dictation.hotkey"),
    ),
    "narrow-settings-tables": Situation(
        (READY, DEVICES, KEY, *EMPTY, *HOTKEYS), DICTATING, NARROW, see_tables
    ),
    "history": Situation((READY, *opened(2), DICTATIONS), does=go(Page.HISTORY)),
    "history-empty": Situation((READY, *opened(2), HistoryListed("", ())), does=go(Page.HISTORY)),
    "history-inserted": Situation((READY, *opened(2), DICTATIONS), does=open_dictation("d1")),
    "history-dropped": Situation((READY, *opened(2), DICTATIONS), does=open_dictation("d3")),
    "narrow-history": Situation(
        (READY, *opened(2), DICTATIONS), size=NARROW, does=go(Page.HISTORY)
    ),
    "narrow-history-held": Situation(
        (READY, *opened(2), DICTATIONS), size=NARROW, does=open_dictation("d2")
    ),
    "help": Situation((READY, *opened(2)), does=go(Page.HELP)),
    "banner": Situation(
        (READY, *opened(2), notice(Code.SERVER_SILENT, "The server at localhost:8000"))
    ),
    "waiting": Situation(
        (state(Phase.THINKING, "Asking gpt-4o"), *opened(3), wait("OpenAI is busy.", 4.0))
    ),
    "fell-back": Situation(
        (
            READY,
            *opened(2),
            notice(Code.FELL_BACK, "OpenAI cannot be reached. The built-in assistant answers"),
        )
    ),
    "back-again": Situation((READY, *opened(2), notice(Code.BACK_AGAIN, "gpt-4o answers"))),
    "kept": Situation((READY, *opened(2), notice(Code.OFFLINE, ""), KEPT)),
    "kept-discard": Situation((READY, *opened(2), KEPT), does=ask_to_discard),
    "narrow-kept": Situation((READY, *opened(2), KEPT), size=NARROW),
    "narrow-waiting": Situation(
        (state(Phase.TRANSCRIBING), *opened(2), wait("OpenAI is busy.", 12.0)), size=SMALLEST
    ),
    "approval": Situation((state(Phase.ASKING), *opened(2), QUESTION)),
    "question-tainted": Situation((state(Phase.ASKING), *opened(2), TAINTED)),
    "question-offers": Situation((state(Phase.ASKING), *opened(2), CLEAN)),
    "tools": Situation((READY, *opened(2), *TOOLS_PAGE), does=go(Page.TOOLS)),
    "tools-end": Situation((READY, *opened(2), *TOOLS_PAGE), does=end_of_tools),
    "muted": Situation((state(Phase.IDLE, muted=True), *EMPTY), {}),
    "delete": Situation((READY, *opened(2)), does=ask_to_delete),
    "narrow": Situation((state(Phase.LISTENING), *opened(6)), size=NARROW),
    "narrow-banner": Situation((READY, *opened(4), notice(Code.KEY_WRONG, "OpenAI")), size=NARROW),
    "narrow-list": Situation((READY, *opened(6)), size=NARROW, does=lambda w: w.split.toggle()),
    "narrow-settings": Situation((READY, DEVICES), size=NARROW, does=go(Page.SETTINGS)),
    "narrow-settings-apart": Situation(
        (READY, DEVICES, KEY, NO_KEY, FOUND, *TESTED), APART, NARROW, go(Page.SETTINGS)
    ),
    "narrow-first-run": Situation((READY, DEVICES), FIRST, NARROW),
    "narrow-empty": Situation((READY, *EMPTY), {}, SMALLEST),
    "narrow-question": Situation((state(Phase.ASKING), *opened(4), TAINTED), size=SMALLEST),
    "narrow-tools": Situation((READY, *TOOLS_PAGE), size=NARROW, does=go(Page.TOOLS)),
    "narrow-tools-end": Situation((READY, *TOOLS_PAGE), size=NARROW, does=end_of_tools),
    "narrow-approval": Situation((state(Phase.ASKING), *opened(4), QUESTION), size=SMALLEST),
}


def photograph(folder: Path, only: str) -> None:
    """Take the pictures of this process's scale."""
    application = QApplication([])
    theme = Theme(application)
    scale = os.environ["QT_SCALE_FACTOR"]
    for scheme in SCHEMES:
        for name, situation in SITUATIONS.items():
            if only in name:
                picture = folder / f"{name}-{scheme}-{scale}x.png"
                take(application, theme, situation, scheme, picture)


def take(
    application: QApplication, theme: Theme, situation: Situation, scheme: str, picture: Path
) -> None:
    """Show one situation and keep what it looks like."""
    values = {"appearance.theme": scheme, "appearance.reduce_motion": True}
    settings = changed(Settings(), {"general.first_run_done": True, **values, **situation.settings})
    window = Window(Placement(*situation.size))
    window.furnish(theme, lambda command: None)
    window.show()
    for event in (events.SettingsChanged(settings), *situation.told):
        window.on_event(event)
    window.render_now()
    settle(application)
    situation.does(window)
    settle(application)
    window.grab().save(str(picture))
    window.hide()
    window.deleteLater()
    settle(application)


def settle(application: QApplication) -> None:
    """Let everything be laid out and painted."""
    until = time.monotonic() + SETTLE_S
    while time.monotonic() < until:
        application.processEvents()
        time.sleep(0.005)


def main() -> int:
    """Start a process for each scale."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--platform", default="offscreen")
    parser.add_argument("--only", default="", help="a part of the situation's name")
    parser.add_argument("--scale", choices=SCALES)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.here:
        photograph(options.folder, options.only)
        return 0
    for scale in [options.scale] if options.scale else SCALES:
        environment = dict(os.environ, QT_SCALE_FACTOR=scale, QT_QPA_PLATFORM=options.platform)
        command = [sys.executable, __file__, str(options.folder), "--here", "--only", options.only]
        done = subprocess.run(command, env=environment, check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
