"""Every setting, declared once: type, default, range, label and help.

The settings page, `sayso config` and the help derive from this tree. Values are frozen; a change
makes a new tree.
"""

from __future__ import annotations

import enum
from typing import Annotated

from pydantic import BeforeValidator, Field

from app.dictation.settings import DictationSettings
from app.early_engine import HANGOVER_MS
from app.extensions.settings import ExtensionSettings
from app.permission.settings import PermissionSettings
from app.realtime_settings import RealtimeSettings
from app.sandbox.settings import CommandSettings
from app.services import Service
from app.settings_file import SCHEMA_VERSION
from app.settings_section import Section, word_list
from app.shots.settings import ScreenSettings
from app.tools.settings import ToolSettings
from app.web.settings import WebSettings

OPENAI_BASE_URL = "https://api.openai.com/v1"


class Source(enum.StrEnum):
    """Who does a job."""

    BUILT_IN = "built_in"
    SERVER = "server"


class Theme(enum.StrEnum):
    """Which colours the window uses."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Echo(enum.StrEnum):
    """How the assistant is kept from hearing itself."""

    CANCEL = "cancel"
    HALF_DUPLEX = "half_duplex"
    HEADPHONES = "headphones"


class Fallback(enum.StrEnum):
    """Who does the job when its own service fails."""

    OFF = "off"
    BUILT_IN = "built_in"
    ANY = "any"


_OWN_ADDRESS = Field(
    title="Server address",
    description="Leave empty for the address under Server.",
)


class ServerSettings(Section):
    """An OpenAI-compatible server. Its key is in the system's keyring, never here."""

    base_url: Annotated[
        str,
        Field(
            title="Server address",
            description="OpenAI, or any server that speaks its API. Most addresses end in /v1.",
        ),
    ] = OPENAI_BASE_URL


class ChatSettings(Section):
    """Who answers."""

    source: Annotated[Source, Field(title="Answers", description="Who answers you.")] = (
        Source.BUILT_IN
    )
    base_url: Annotated[str, _OWN_ADDRESS] = ""
    model: Annotated[
        str, Field(title="Model", description="Leave empty for the best one that is known.")
    ] = ""


class TranscriptionSettings(Section):
    """Who turns speech into words."""

    source: Annotated[
        Source, Field(title="Recognition", description="Who turns your speech into words.")
    ] = Source.BUILT_IN
    base_url: Annotated[str, _OWN_ADDRESS] = ""
    model: Annotated[
        str, Field(title="Model", description="Leave empty for the best one that is known.")
    ] = ""
    language: Annotated[
        str,
        Field(
            title="Language you speak",
            description="A two-letter code such as en, de or fr. Built in, only en is understood.",
            pattern="^[a-z]{2}$",
        ),
    ] = "en"
    vocabulary: Annotated[
        tuple[str, ...],
        BeforeValidator(word_list),
        Field(
            title="Names and rare words",
            description="Words you use often, with commas between them.",
            max_length=100,
        ),
    ] = ()
    translate: Annotated[
        bool,
        Field(
            title="Translate into English",
            description="Whatever you speak, the words are English. Not every model can do it.",
        ),
    ] = False


class SpeechSettings(Section):
    """Who speaks."""

    source: Annotated[Source, Field(title="Voice", description="Who speaks the replies.")] = (
        Source.BUILT_IN
    )
    base_url: Annotated[str, _OWN_ADDRESS] = ""
    model: Annotated[
        str, Field(title="Model", description="Leave empty for the best one that is known.")
    ] = ""
    voice: Annotated[
        str, Field(title="Voice name", description="Leave empty for the provider's default.")
    ] = ""
    speed: Annotated[
        float,
        Field(title="Speed", description="1 is as the voice speaks by itself.", ge=0.25, le=4.0),
    ] = 1.0
    instructions: Annotated[
        str,
        Field(
            title="Manner",
            description="How it should sound, for models that heed it: “calm and low”.",
            max_length=1000,
        ),
    ] = ""
    aloud: Annotated[
        bool, Field(title="Speak replies", description="Off: replies are only shown.")
    ] = True


class AudioSettings(Section):
    """Devices, and when a turn is over."""

    input_device: Annotated[
        str, Field(title="Microphone", description="Empty follows the system's default.")
    ] = ""
    output_device: Annotated[
        str, Field(title="Speaker", description="Empty follows the system's default.")
    ] = ""
    echo: Annotated[
        Echo,
        Field(
            title="Speaker echo",
            description="How the microphone is kept from hearing the assistant.",
        ),
    ] = Echo.CANCEL
    hangover_ms: Annotated[
        int,
        Field(
            title="Pause that ends your turn (ms)",
            description="Longer lets you think in the middle of a sentence.",
            ge=HANGOVER_MS[0],
            le=HANGOVER_MS[-1],
        ),
    ] = 700
    barge_in: Annotated[
        bool,
        Field(title="Interrupt by speaking", description="Speaking over a reply stops it."),
    ] = True


class AppearanceSettings(Section):
    """How the window looks."""

    theme: Annotated[Theme, Field(title="Colours", description="Light, dark, or the system's.")] = (
        Theme.SYSTEM
    )
    reduce_motion: Annotated[
        bool, Field(title="Reduce motion", description="Nothing pulses or slides.")
    ] = False


class GeneralSettings(Section):
    """When Sayso starts, and when something fails."""

    listen_at_start: Annotated[
        bool,
        Field(title="Listen at start", description="Hands-free from the moment the window opens."),
    ] = False
    fallback: Annotated[
        Fallback,
        Field(
            title="When a service fails",
            description="Who takes its place, so that you are answered all the same.",
        ),
    ] = Fallback.BUILT_IN
    first_run_done: Annotated[bool, Field(json_schema_extra={"hidden": True})] = False


class Settings(Section):
    """The whole tree."""

    schema_version: Annotated[int, Field(json_schema_extra={"hidden": True})] = SCHEMA_VERSION
    general: Annotated[GeneralSettings, Field(title="General")] = GeneralSettings()
    chat: Annotated[ChatSettings, Field(title="Answers")] = ChatSettings()
    transcription: Annotated[TranscriptionSettings, Field(title="Recognition")] = (
        TranscriptionSettings()
    )
    speech: Annotated[SpeechSettings, Field(title="Voice")] = SpeechSettings()
    realtime: Annotated[RealtimeSettings, Field(title="Realtime")] = RealtimeSettings()
    server: Annotated[ServerSettings, Field(title="Server")] = ServerSettings()
    audio: Annotated[AudioSettings, Field(title="Microphone and speaker")] = AudioSettings()
    dictation: Annotated[DictationSettings, Field(title="Dictation")] = DictationSettings()
    screen: Annotated[ScreenSettings, Field(title="Pictures")] = ScreenSettings()
    tools: Annotated[ToolSettings, Field(title="Files")] = ToolSettings()
    web: Annotated[WebSettings, Field(title="Web")] = WebSettings()
    commands: Annotated[CommandSettings, Field(title="Commands")] = CommandSettings()
    extensions: Annotated[ExtensionSettings, Field(title="Tools of others")] = ExtensionSettings()
    permission: Annotated[
        PermissionSettings, Field(title="Tools", json_schema_extra={"hidden": True})
    ] = PermissionSettings()
    appearance: Annotated[AppearanceSettings, Field(title="Appearance")] = AppearanceSettings()

    def source_of(self, service: Service) -> Source:
        """Who does this job."""
        return self._of(service).source

    def model_of(self, service: Service) -> str:
        """The model chosen for this job; empty for the best one that is known."""
        return self._of(service).model

    def address_of(self, service: Service) -> str:
        """The server of this job where a server does it: its own, else the common one."""
        return self._of(service).base_url.strip() or self.server.base_url

    @property
    def realtime_address(self) -> str:
        """The server of speech to speech: its own, else the common one."""
        return self.realtime.base_url.strip() or self.server.base_url

    def _of(self, service: Service) -> ChatSettings | TranscriptionSettings | SpeechSettings:
        match service:
            case Service.CHAT:
                return self.chat
            case Service.TRANSCRIPTION:
                return self.transcription
            case Service.SPEECH:
                return self.speech


def changed(settings: Settings, values: dict[str, object]) -> Settings:
    """A new tree with dotted paths set: `{"chat.model": "gpt-4o"}`.

    Raises pydantic.ValidationError for a value out of range, KeyError for an unknown path.
    """
    raw = settings.model_dump()
    for path, value in values.items():
        section, _, name = path.partition(".")
        if section not in raw or not isinstance(raw[section], dict) or name not in raw[section]:
            raise KeyError(path)
        raw[section][name] = value
    return Settings.model_validate(raw)
