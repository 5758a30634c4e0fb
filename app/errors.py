"""What can go wrong, in words a person understands.

A vendor's exception becomes an `AppError` once, in its provider's `errors` module. Everything else
reads the code: its category says whether a retry can help, its action is the one button of the
banner, its exit code ends the terminal front end. Codes are stable; `resources/help/errors.md`
documents each.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Category(enum.StrEnum):
    """What kind of trouble it is."""

    USAGE = "usage"
    KEY = "key"
    NETWORK = "network"
    SERVER = "server"
    AUDIO = "audio"
    DENIED = "denied"
    STORAGE = "storage"
    INTERNAL = "internal"


class Action(enum.StrEnum):
    """The one thing a person can do about it."""

    NONE = "none"
    RETRY = "retry"
    ENTER_KEY = "enter_key"
    CHANGE_SERVER = "change_server"
    CHOOSE_DEVICE = "choose_device"
    USE_BUILT_IN = "use_built_in"
    TRANSCRIBE_KEPT = "transcribe_kept"
    OPEN_HELP = "open_help"


EXIT_OK = 0
EXIT_INTERRUPTED = 130
_EXIT = {
    Category.USAGE: 2,
    Category.KEY: 3,
    Category.NETWORK: 4,
    Category.SERVER: 4,
    Category.AUDIO: 5,
    Category.DENIED: 6,
    Category.STORAGE: 1,
    Category.INTERNAL: 1,
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """One sentence and one action. `{detail}` is filled in by the error."""

    category: Category
    message: str
    hint: str
    action: Action = Action.NONE
    retryable: bool = False


class Code(enum.StrEnum):
    """Stable names of everything that can go wrong."""

    INTERNAL = "internal"

    NO_MICROPHONE = "no_microphone"
    MICROPHONE_LOST = "microphone_lost"
    MICROPHONE_REFUSED = "microphone_refused"
    MICROPHONE_SILENT = "microphone_silent"
    NO_SPEAKER = "no_speaker"
    ENGINE_LOST = "engine_lost"
    NOTHING_HEARD = "nothing_heard"
    NOT_UNDERSTOOD = "not_understood"
    AUDIO_FILE_EMPTY = "audio_file_empty"
    AUDIO_FILE_UNREADABLE = "audio_file_unreadable"
    AUDIO_FILE_TRUNCATED = "audio_file_truncated"

    KEY_MISSING = "key_missing"
    KEY_WRONG = "key_wrong"
    KEY_FOR_OTHER_HOST = "key_for_other_host"
    KEYRING_LOCKED = "keyring_locked"
    KEYRING_MISSING = "keyring_missing"

    SERVER_ADDRESS_INVALID = "server_address_invalid"
    SERVER_UNREACHABLE = "server_unreachable"
    SERVER_SILENT = "server_silent"
    SERVER_NOT_API = "server_not_api"
    SERVER_CUT_OFF = "server_cut_off"
    SERVER_ERROR = "server_error"
    SERVER_BUSY = "server_busy"
    TLS_UNTRUSTED = "tls_untrusted"
    QUOTA_SPENT = "quota_spent"
    MODEL_UNKNOWN = "model_unknown"
    REQUEST_REFUSED = "request_refused"
    ACCESS_DENIED = "access_denied"

    VOICE_MISSING = "voice_missing"
    RECOGNIZER_FAILED = "recognizer_failed"
    TOOL_LIMIT = "tool_limit"

    SETTINGS_BROKEN = "settings_broken"
    SETTINGS_UNWRITABLE = "settings_unwritable"
    STORE_BROKEN = "store_broken"
    OUTPUT_UNWRITABLE = "output_unwritable"
    TAKES_KEPT = "takes_kept"
    NO_DISPLAY = "no_display"
    ALREADY_RUNNING = "already_running"
    USAGE = "usage"


_E = Explanation
_C = Category
EXPLANATIONS: dict[Code, Explanation] = {
    Code.INTERNAL: _E(
        _C.INTERNAL,
        "Something went wrong inside Sayso.",
        "Try again. The log has the details.",
        Action.RETRY,
    ),
    Code.NO_MICROPHONE: _E(
        _C.AUDIO,
        "No microphone was found.",
        "Plug one in, or type instead.",
        Action.CHOOSE_DEVICE,
        retryable=True,
    ),
    Code.MICROPHONE_LOST: _E(
        _C.AUDIO,
        "The microphone {detail} is gone. What you said so far is kept.",
        "Plug it in again, or choose another one.",
        Action.CHOOSE_DEVICE,
        retryable=True,
    ),
    Code.MICROPHONE_REFUSED: _E(
        _C.AUDIO,
        "The microphone {detail} could not be opened.",
        "Close the program that uses it, or choose another one.",
        Action.CHOOSE_DEVICE,
        retryable=True,
    ),
    Code.MICROPHONE_SILENT: _E(
        _C.AUDIO,
        "The microphone gives only silence.",
        "Allow Sayso to use it in the system's privacy settings, or check its mute switch.",
        Action.CHOOSE_DEVICE,
        retryable=True,
    ),
    Code.NO_SPEAKER: _E(
        _C.AUDIO,
        "No speaker was found, so replies are shown but not spoken.",
        "Plug one in, or choose another one.",
        Action.CHOOSE_DEVICE,
        retryable=True,
    ),
    Code.ENGINE_LOST: _E(
        _C.AUDIO,
        "The audio part of Sayso stopped and was started again.",
        "What you said is kept. Try again.",
        Action.NONE,
        retryable=True,
    ),
    Code.NOTHING_HEARD: _E(
        _C.AUDIO,
        "No speech was heard.",
        "Speak a little louder or closer, and try again.",
    ),
    Code.NOT_UNDERSTOOD: _E(
        _C.AUDIO,
        "The words could not be made out.",
        "Say it again, or type it.",
    ),
    Code.AUDIO_FILE_EMPTY: _E(
        _C.USAGE,
        "{detail} is empty.",
        "Choose a WAV file that holds speech.",
    ),
    Code.AUDIO_FILE_UNREADABLE: _E(
        _C.USAGE,
        "{detail} is not a WAV file that Sayso can read.",
        "Choose a WAV file with PCM or float samples.",
    ),
    Code.AUDIO_FILE_TRUNCATED: _E(
        _C.USAGE,
        "{detail} ends in the middle.",
        "Copy the file again; the part there is used.",
    ),
    Code.KEY_MISSING: _E(
        _C.KEY,
        "{detail} needs a key.",
        "Enter one, or use what is built in.",
        Action.ENTER_KEY,
    ),
    Code.KEY_WRONG: _E(
        _C.KEY,
        "{detail} did not accept the key.",
        "Enter it again.",
        Action.ENTER_KEY,
    ),
    Code.KEY_FOR_OTHER_HOST: _E(
        _C.KEY,
        "The stored key was entered for another server than {detail}, so it was not sent.",
        "Enter the key for this server.",
        Action.ENTER_KEY,
    ),
    Code.KEYRING_LOCKED: _E(
        _C.KEY,
        "The system's keyring is locked.",
        "Unlock it and try again, or enter the key for this run only.",
        Action.ENTER_KEY,
        retryable=True,
    ),
    Code.KEYRING_MISSING: _E(
        _C.KEY,
        "This system has no keyring, so the key is kept for this run only.",
        "Install a keyring such as GNOME Keyring or KWallet to keep it.",
    ),
    Code.SERVER_ADDRESS_INVALID: _E(
        _C.USAGE,
        "“{detail}” is not a server address.",
        "It looks like https://host/v1. Change it in the settings.",
        Action.CHANGE_SERVER,
    ),
    Code.SERVER_UNREACHABLE: _E(
        _C.NETWORK,
        "{detail} cannot be reached.",
        "Check the network, then try again.",
        Action.RETRY,
        retryable=True,
    ),
    Code.SERVER_SILENT: _E(
        _C.NETWORK,
        "{detail} did not answer in time.",
        "Try again, or change the server.",
        Action.RETRY,
        retryable=True,
    ),
    Code.SERVER_NOT_API: _E(
        _C.SERVER,
        "{detail} answered, but not as an OpenAI-compatible server does.",
        "Check its address; most end in /v1.",
        Action.CHANGE_SERVER,
    ),
    Code.SERVER_CUT_OFF: _E(
        _C.NETWORK,
        "{detail} broke off in the middle.",
        "What arrived is kept. Try again.",
        Action.RETRY,
        retryable=True,
    ),
    Code.SERVER_ERROR: _E(
        _C.SERVER,
        "{detail} had an error of its own.",
        "Try again in a moment.",
        Action.RETRY,
        retryable=True,
    ),
    Code.SERVER_BUSY: _E(
        _C.SERVER,
        "{detail} is busy.",
        "Try again in a moment.",
        Action.RETRY,
        retryable=True,
    ),
    Code.TLS_UNTRUSTED: _E(
        _C.NETWORK,
        "The identity of {detail} could not be verified.",
        "Check this computer's clock and the network, then the server's address.",
        Action.CHANGE_SERVER,
    ),
    Code.QUOTA_SPENT: _E(
        _C.KEY,
        "The account at {detail} has no credit left.",
        "Add credit there, or use what is built in.",
        Action.USE_BUILT_IN,
    ),
    Code.MODEL_UNKNOWN: _E(
        _C.SERVER,
        "The server does not know the model {detail}.",
        "Choose another one in the settings.",
        Action.CHANGE_SERVER,
    ),
    Code.REQUEST_REFUSED: _E(
        _C.SERVER,
        "{detail} refused the request.",
        "Choose another model, or try again.",
        Action.CHANGE_SERVER,
    ),
    Code.ACCESS_DENIED: _E(
        _C.DENIED,
        "The key is not allowed to do this at {detail}.",
        "Use another key, or change the key's rights there.",
        Action.ENTER_KEY,
    ),
    Code.VOICE_MISSING: _E(
        _C.AUDIO,
        "The built-in voice is not installed.",
        "Install the package {detail}; until then replies are shown but not spoken.",
        Action.OPEN_HELP,
    ),
    Code.RECOGNIZER_FAILED: _E(
        _C.AUDIO,
        "The built-in recognizer stopped.",
        "What you said is kept. Try again.",
        Action.TRANSCRIBE_KEPT,
        retryable=True,
    ),
    Code.TOOL_LIMIT: _E(
        _C.SERVER,
        "The model kept calling tools without an answer, so it was stopped.",
        "Ask again in other words.",
    ),
    Code.SETTINGS_BROKEN: _E(
        _C.STORAGE,
        "The settings file could not be read, so Sayso started with {detail}.",
        "The broken file was kept beside it.",
        Action.OPEN_HELP,
    ),
    Code.SETTINGS_UNWRITABLE: _E(
        _C.STORAGE,
        "The settings could not be saved: {detail}.",
        "They hold for this run. Free some space or mend the folder's rights.",
    ),
    Code.STORE_BROKEN: _E(
        _C.STORAGE,
        "The conversations could not be opened, so a new file was begun.",
        "The old one was kept as {detail}.",
        Action.OPEN_HELP,
    ),
    Code.OUTPUT_UNWRITABLE: _E(
        _C.USAGE,
        "{detail} cannot be written.",
        "Choose another file for the reply.",
    ),
    Code.TAKES_KEPT: _E(
        _C.AUDIO,
        "{detail} kept from an earlier run that ended unexpectedly.",
        "Turn them into text now, or leave them for later.",
        Action.TRANSCRIBE_KEPT,
    ),
    Code.NO_DISPLAY: _E(
        _C.USAGE,
        "There is no display, so there can be no window.",
        "Run `sayso talk` for a conversation in the terminal.",
    ),
    Code.ALREADY_RUNNING: _E(
        _C.USAGE,
        "Sayso is already running; its window was brought to the front.",
        "",
    ),
    Code.USAGE: _E(_C.USAGE, "{detail}", "Run `sayso --help` for the options."),
}


class AppError(Exception):
    """Trouble with a code. `detail` names what it is about; it never holds a secret.

    `retry_after_s` is what a server asked for, if it did.
    """

    def __init__(self, code: Code, detail: str = "", *, retry_after_s: float | None = None) -> None:
        self.code = code
        self.detail = detail
        self.retry_after_s = retry_after_s
        super().__init__(self.message)

    @property
    def explanation(self) -> Explanation:
        """Category, words and action of the code."""
        return EXPLANATIONS[self.code]

    @property
    def message(self) -> str:
        """One sentence that says what happened."""
        text = EXPLANATIONS[self.code].message.format(detail=self.detail).strip()
        return text[:1].upper() + text[1:]

    @property
    def exit_code(self) -> int:
        """What the terminal front end ends with."""
        return _EXIT[self.explanation.category]
