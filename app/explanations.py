"""What each code means, in words a person understands. `{detail}` is filled in by the error."""

from __future__ import annotations

from app.error_codes import Action, Category, Code, Explanation
from app.extensions.explanations import EXTENSION_EXPLANATIONS
from app.knowledge.explanations import KNOWLEDGE_EXPLANATIONS
from app.network_explanations import NETWORK_EXPLANATIONS
from app.shots.explanations import SHOT_EXPLANATIONS

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
    ),
    Code.MICROPHONE_LOST: _E(
        _C.AUDIO,
        "The microphone {detail} is gone. What you said so far is kept.",
        "Plug it in again, or choose another one.",
        Action.CHOOSE_DEVICE,
    ),
    Code.MICROPHONE_REFUSED: _E(
        _C.AUDIO,
        "The microphone {detail} could not be opened.",
        "Close the program that uses it, or choose another one.",
        Action.CHOOSE_DEVICE,
    ),
    Code.MICROPHONE_SILENT: _E(
        _C.AUDIO,
        "The microphone gives only silence.",
        "Allow Sayso to use it in the system's privacy settings, or check its mute switch.",
        Action.CHOOSE_DEVICE,
    ),
    Code.NO_SPEAKER: _E(
        _C.AUDIO,
        "No speaker was found, so replies are shown but not spoken.",
        "Plug one in, or choose another one.",
        Action.CHOOSE_DEVICE,
    ),
    Code.ECHO_REMAINS: _E(
        _C.AUDIO,
        "The microphone hears Sayso too loudly, so only a louder voice interrupts it.",
        "Turn the speaker down, use headphones, or interrupt with Esc.",
        Action.CHOOSE_DEVICE,
    ),
    Code.ENGINE_LOST: _E(
        _C.AUDIO,
        "The audio part of Sayso stopped and was started again.",
        "What you said is kept. Try again.",
        Action.NONE,
    ),
    Code.ENGINE_NOT_READY: _E(
        _C.AUDIO,
        "The audio part of Sayso was still starting, so nothing was heard.",
        "Try again.",
        Action.NONE,
    ),
    Code.JOURNAL_REFUSED: _E(
        _C.STORAGE,
        "The disk takes no more recordings; what you say is held in memory only.",
        "Free some space.",
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
    Code.STOPPED: _E(
        _C.USAGE,
        "You stopped it before it was text.",
        "The recording is kept.",
    ),
    Code.TAKE_UNREADABLE: _E(
        _C.STORAGE,
        "The recording can no longer be read.",
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
    Code.SOUND_FILE_UNREADABLE: _E(
        _C.USAGE,
        "{detail} is not a sound file that Sayso can read.",
        "Choose a recording such as WAV, FLAC, MP3, M4A, Ogg, WebM or MP4.",
    ),
    Code.SOUND_FILE_SILENT: _E(
        _C.USAGE,
        "There is no sound track in {detail}.",
        "Choose a file with sound.",
    ),
    Code.SOUND_FILE_PROTECTED: _E(
        _C.USAGE,
        "{detail} is protected against copying, so its sound cannot be read.",
        "Choose a recording without protection.",
    ),
    Code.SOUND_FILE_DAMAGED: _E(
        _C.USAGE,
        "Parts of {detail} are damaged and were left out.",
        "Copy the file again; the rest is used.",
    ),
    Code.DECODER_MISSING: _E(
        _C.INTERNAL,
        "The part of Sayso that reads sound files does not load: {detail}.",
        "Install Sayso again.",
    ),
    Code.TRANSCRIPT_INCOMPLETE: _E(
        _C.SERVER,
        "Not transcribed: {detail}",
        "What is done is kept: run the same command again, and only the rest is sent.",
        Action.RETRY,
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
    Code.KEY_NEEDS_HTTPS: _E(
        _C.KEY,
        "The key would go to {detail} unencrypted, so it was not sent.",
        "Use an address that begins with https://.",
        Action.CHANGE_SERVER,
    ),
    Code.KEYRING_LOCKED: _E(
        _C.KEY,
        "The system's keyring is locked.",
        "Unlock it and try again, or enter the key for this run only.",
        Action.ENTER_KEY,
    ),
    Code.KEYRING_MISSING: _E(
        _C.KEY,
        "This system has no keyring, so the key is kept for this run only.",
        "Install a keyring such as GNOME Keyring or KWallet to keep it.",
    ),
    Code.MODEL_REPLACED: _E(
        _C.SERVER,
        "A model was replaced: {detail}.",
        "Nothing needs to be done. The settings let you choose another one.",
    ),
    Code.MODEL_RETIRES: _E(
        _C.SERVER,
        "A model ends soon: {detail}.",
        "Nothing needs to be done: Sayso will use its successor then.",
    ),
    Code.TAKE_TOO_LONG: _E(
        _C.USAGE,
        "The recording is longer than {detail} accepts.",
        "Say it in shorter parts.",
    ),
    Code.VOICE_MISSING: _E(
        _C.AUDIO,
        "The built-in voice is not installed.",
        "Install the package {detail}; until then replies are shown but not spoken.",
        Action.OPEN_HELP,
    ),
    Code.VOICE_FAILED: _E(
        _C.AUDIO,
        "The built-in voice could not speak this reply.",
        "It is shown in writing.",
    ),
    Code.VOICE_FORMAT: _E(
        _C.SERVER,
        "{detail} sends speech in a format that Sayso cannot play.",
        "Choose another voice model or server. Replies are shown meanwhile.",
        Action.CHANGE_SERVER,
    ),
    Code.VOICE_STRAYED: _E(
        _C.SERVER,
        "The voice model {detail} did not keep to the words of this reply.",
        "The reply is shown in writing.",
        Action.NONE,
    ),
    Code.RECOGNIZER_FAILED: _E(
        _C.AUDIO,
        "The built-in recognizer stopped.",
        "What you said is kept. Try again.",
        Action.TRANSCRIBE_KEPT,
    ),
    Code.LANGUAGE_NOT_BUILT_IN: _E(
        _C.USAGE,
        "The built-in recognizer understands English only, not “{detail}”.",
        "Speak English, or let a server recognise your speech.",
        Action.ENTER_KEY,
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
    Code.STORE_UNWRITABLE: _E(
        _C.STORAGE,
        "The conversations could not be read or saved: {detail}.",
        "What is said now may be gone after this run. Free some space or mend the folder's rights.",
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
    Code.DICTATIONS_KEPT: _E(
        _C.AUDIO,
        "{detail} of an earlier run did not become text. The recordings are in the history.",
        "Open the dictations and choose “Transcribe again”.",
    ),
    Code.CLIPBOARD_REFUSED: _E(
        _C.INTERNAL,
        "The text could not be put on the clipboard.",
        "Select it in the history and copy it there.",
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
    Code.ALREADY_BUSY: _E(
        _C.USAGE,
        "Sayso is already running, but does not answer.",
        "Close it, then try again.",
    ),
    Code.NOT_RUNNING: _E(
        _C.USAGE,
        "Sayso is not running.",
        "Start it, then try again.",
    ),
    Code.FOLDER_UNWRITABLE: _E(
        _C.STORAGE,
        "Sayso cannot write to {detail}.",
        "Mend the folder's rights or free some space.",
    ),
    Code.NOT_ANSWERED: _E(
        _C.SERVER,
        "There was no answer.",
        "Ask again in other words.",
    ),
    Code.NOT_SPOKEN: _E(
        _C.AUDIO,
        "The reply could not be spoken.",
        "It is shown in writing.",
    ),
    **KNOWLEDGE_EXPLANATIONS,
    **NETWORK_EXPLANATIONS,
    **EXTENSION_EXPLANATIONS,
    **SHOT_EXPLANATIONS,
}
