"""Stable names of everything that can go wrong, of what kind it is and what helps."""

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
    CONTINUE = "continue"
    NEW_CONVERSATION = "new_conversation"
    OPEN_HELP = "open_help"
    REVIEW_EXTENSIONS = "review_extensions"
    REALTIME_SETTINGS = "realtime_settings"


@dataclass(frozen=True, slots=True)
class Explanation:
    """One sentence and one action. `{detail}` is filled in by the error."""

    category: Category
    message: str
    hint: str
    action: Action = Action.NONE


class Code(enum.StrEnum):
    """Stable names of everything that can go wrong."""

    INTERNAL = "internal"

    NO_MICROPHONE = "no_microphone"
    MICROPHONE_LOST = "microphone_lost"
    MICROPHONE_REFUSED = "microphone_refused"
    MICROPHONE_SILENT = "microphone_silent"
    NO_SPEAKER = "no_speaker"
    ECHO_REMAINS = "echo_remains"
    ENGINE_LOST = "engine_lost"
    ENGINE_NOT_READY = "engine_not_ready"
    JOURNAL_REFUSED = "journal_refused"
    NOTHING_HEARD = "nothing_heard"
    NOT_UNDERSTOOD = "not_understood"
    STOPPED = "stopped"
    TAKE_UNREADABLE = "take_unreadable"
    AUDIO_FILE_EMPTY = "audio_file_empty"
    AUDIO_FILE_UNREADABLE = "audio_file_unreadable"
    AUDIO_FILE_TRUNCATED = "audio_file_truncated"
    SOUND_FILE_UNREADABLE = "sound_file_unreadable"
    SOUND_FILE_SILENT = "sound_file_silent"
    SOUND_FILE_PROTECTED = "sound_file_protected"
    SOUND_FILE_DAMAGED = "sound_file_damaged"
    DECODER_MISSING = "decoder_missing"
    TRANSCRIPT_INCOMPLETE = "transcript_incomplete"

    KEY_MISSING = "key_missing"
    KEY_WRONG = "key_wrong"
    KEY_FOR_OTHER_HOST = "key_for_other_host"
    KEY_NEEDS_HTTPS = "key_needs_https"
    KEYRING_LOCKED = "keyring_locked"
    KEYRING_MISSING = "keyring_missing"

    ACCOUNT_CLOSED = "account_closed"

    OFFLINE = "offline"
    SIGN_IN_PAGE = "sign_in_page"
    PROXY_INVALID = "proxy_invalid"
    PROXY_REFUSED = "proxy_refused"
    SERVER_ADDRESS_INVALID = "server_address_invalid"
    SERVER_UNREACHABLE = "server_unreachable"
    SERVER_SILENT = "server_silent"
    SERVER_NOT_API = "server_not_api"
    SERVER_CUT_OFF = "server_cut_off"
    SERVER_ERROR = "server_error"
    SERVER_BUSY = "server_busy"
    TLS_UNTRUSTED = "tls_untrusted"
    TLS_EXPIRED = "tls_expired"
    TLS_OTHER_HOST = "tls_other_host"
    CERTIFICATES_UNREADABLE = "certificates_unreadable"
    QUOTA_SPENT = "quota_spent"
    MODEL_UNKNOWN = "model_unknown"
    MODEL_LOADING = "model_loading"
    MODEL_REPLACED = "model_replaced"
    MODEL_RETIRES = "model_retires"
    REQUEST_REFUSED = "request_refused"
    REQUEST_TOO_LARGE = "request_too_large"
    CONVERSATION_TOO_LONG = "conversation_too_long"
    CONTENT_REFUSED = "content_refused"
    REGION_REFUSED = "region_refused"
    TAKE_TOO_LONG = "take_too_long"
    ACCESS_DENIED = "access_denied"
    FELL_BACK = "fell_back"
    BACK_AGAIN = "back_again"
    REALTIME_AWAY = "realtime_away"
    REALTIME_BACK = "realtime_back"
    REALTIME_LIMIT = "realtime_limit"

    VOICE_MISSING = "voice_missing"
    VOICE_FAILED = "voice_failed"
    VOICE_FORMAT = "voice_format"
    VOICE_STRAYED = "voice_strayed"
    RECOGNIZER_FAILED = "recognizer_failed"
    LANGUAGE_NOT_BUILT_IN = "language_not_built_in"
    TOOL_LIMIT = "tool_limit"

    EXTENSION_ASKS = "extension_asks"
    TOOL_FILE_BROKEN = "tool_file_broken"
    TOOL_SERVER_FAILED = "tool_server_failed"

    SCREEN_MISSING = "screen_missing"
    SCREEN_LOCKED = "screen_locked"
    SCREEN_EMPTY = "screen_empty"
    SCREEN_REFUSED = "screen_refused"
    WINDOW_PRIVATE = "window_private"
    WINDOW_GONE = "window_gone"
    PICTURE_UNREADABLE = "picture_unreadable"
    PICTURE_TOO_LARGE = "picture_too_large"
    PICTURE_MISSING = "picture_missing"
    PICTURE_REFUSED = "picture_refused"
    PICTURE_UNSEEN = "picture_unseen"
    PICTURE_HAS_SECRETS = "picture_has_secrets"
    PICTURES_TOO_MANY = "pictures_too_many"
    PICTURES_NOT_SEEN = "pictures_not_seen"

    SETTINGS_BROKEN = "settings_broken"
    SETTINGS_UNWRITABLE = "settings_unwritable"
    STORE_BROKEN = "store_broken"
    STORE_UNWRITABLE = "store_unwritable"
    OUTPUT_UNWRITABLE = "output_unwritable"
    TAKES_KEPT = "takes_kept"
    DICTATIONS_KEPT = "dictations_kept"
    CLIPBOARD_REFUSED = "clipboard_refused"
    NO_DISPLAY = "no_display"
    ALREADY_RUNNING = "already_running"
    ALREADY_BUSY = "already_busy"
    NOT_RUNNING = "not_running"
    FOLDER_UNWRITABLE = "folder_unwritable"
    NOT_ANSWERED = "not_answered"
    REPLY_TOO_LONG = "reply_too_long"
    NOT_SPOKEN = "not_spoken"
    SOURCE_GONE = "source_gone"
    INDEX_BROKEN = "index_broken"
    FACTS_BROKEN = "facts_broken"
    USAGE = "usage"
