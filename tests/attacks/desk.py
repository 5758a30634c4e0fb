"""The desk of an attack: a screen with a field that has the keyboard, a clipboard, a sound server,
web servers (one has a page, one searches, one makes pictures), and the place where loot would
arrive.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pulsectl

from app.providers.openai.client import OpenAIClient
from app.secrets import Secret
from app.web.connect import Way
from tests.attacks.listener import Listener, listening
from tests.attacks.pages import PageServer, PictureServer, SearchServer
from tests.attacks.selection import ClipboardOwner
from tests.attacks.watch import Watch, begin, end
from tests.desk.screen import Screen
from tests.desk.sound import SoundServer
from tests.desk.targets import TargetProgram, qt


@dataclass(frozen=True, slots=True)
class Desk:
    """What an attack could reach."""

    screen: Screen
    sound: SoundServer
    field: TargetProgram
    clipboard: ClipboardOwner
    pages: PageServer
    search: SearchServer
    pictures: PictureServer
    listener: Listener
    watch: Watch

    @property
    def environment(self) -> Mapping[str, str]:
        """Leads programs to the screen and the sound; a key, as a user has who lets pictures be
        made.
        """
        key = {"OPENAI_API_KEY": "sk-of-nobody"}
        return {**self.screen.environment, **self.sound.environment, **key}

    def forget(self) -> None:
        """What was done so far."""
        self.watch.clear()
        for kept in (self.pages.asked, self.search.queries, self.pictures.prompts):
            kept.clear()

    def state(self) -> dict[str, str]:
        """The windows, the keyboard, the field's text, the clipboard and the volume."""
        active = self.screen.active_window()
        windows = self.screen.windows()
        return {
            "windows": repr([(window.id, window.title) for window in windows]),
            "active window": repr(active and active.id),
            "field": self.field.read(),
            "clipboard owner": repr(self.clipboard.owns),
            "volume": self._volume(),
        }

    def copied(self) -> str:
        """What is on the clipboard."""
        return self.clipboard.pasted()

    def loudness(self) -> float:
        """The volume in percent."""
        with self.sound.here(), pulsectl.Pulse("attack watch") as pulse:
            name = pulse.server_info().default_sink_name
            return float(pulse.get_sink_by_name(name).volume.value_flat * 100)

    def _volume(self) -> str:
        with self.sound.here(), pulsectl.Pulse("attack watch") as pulse:
            return repr([(sink.name, sink.volume.values, sink.mute) for sink in pulse.sink_list()])


@contextlib.asynccontextmanager
async def desk(screen: Screen, sound: SoundServer, folder: Path) -> AsyncIterator[Desk]:
    """Set it up, and put everything away."""
    folder.mkdir(parents=True, exist_ok=True)
    watch = Watch()
    with contextlib.ExitStack() as stack:
        stack.enter_context(_volume_kept(sound))
        field = stack.enter_context(qt(screen, folder, "plain"))
        owner = stack.enter_context(contextlib.closing(ClipboardOwner(screen.display)))
        pages = stack.enter_context(contextlib.closing(PageServer()))
        search = stack.enter_context(contextlib.closing(SearchServer()))
        pictures = stack.enter_context(contextlib.closing(PictureServer()))
        stack.enter_context(_watched(watch))
        async with listening() as listener:
            yield Desk(screen, sound, field, owner, pages, search, pictures, listener, watch)


def way_to(watch: Watch) -> Way:
    """Every name leads to this computer, and each one that is asked for is noted."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        watch.looked_up.append(host)
        return ("127.0.0.1",)

    return Way(resolve, lambda ip: True, lambda address: "", ssl.create_default_context)


@contextlib.contextmanager
def web_of(desk: Desk) -> Iterator[None]:
    """While the tools are made, the public internet is this computer, and so is OpenAI."""

    def connect(_: str, key: Secret) -> OpenAIClient:
        return OpenAIClient(desk.pictures.address, key)

    with (
        mock.patch("app.tool_wiring.public_way", return_value=way_to(desk.watch)),
        mock.patch("app.web_wiring._is_openai", return_value=True),
        mock.patch("app.web_wiring.OpenAIClient", connect),
    ):
        yield


@contextlib.contextmanager
def _volume_kept(sound: SoundServer) -> Iterator[None]:
    """The speakers are left as they were found."""
    with sound.here(), pulsectl.Pulse("attack desk") as pulse:
        before = {sink.name: (sink.volume.value_flat, sink.mute) for sink in pulse.sink_list()}
    try:
        yield
    finally:
        with sound.here(), pulsectl.Pulse("attack desk") as pulse:
            for sink in pulse.sink_list():
                volume, mute = before[sink.name]
                pulse.volume_set_all_chans(sink, volume)
                pulse.mute(sink, bool(mute))


@contextlib.contextmanager
def _watched(watch: Watch) -> Iterator[None]:
    begin(watch)
    try:
        yield
    finally:
        end()
