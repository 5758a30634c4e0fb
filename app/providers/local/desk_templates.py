"""Commands for files, windows, the clipboard and sound, in the notation of `notation`. Pure data.

As in `templates`: the first lists are spoken and kept few, the others may be written.
"""

from __future__ import annotations

from app.providers.local.intents import Intent

DESK_SPOKEN: dict[Intent, tuple[str, ...]] = {
    Intent.OPEN_FOLDER: (
        "(open|show) [the|my] {folder} [folder]",
        "open the folder {folder}",
    ),
    Intent.VOLUME_SET: (
        "(set|turn) the volume to {percent}",
        "volume {percent}",
    ),
    Intent.VOLUME_UP: ("[turn the] volume up",),
    Intent.VOLUME_DOWN: ("[turn the] volume down",),
    Intent.VOLUME_GET: ("<what_is> the volume",),
    Intent.MUTE: ("mute the (sound|speakers)",),
    Intent.UNMUTE: ("turn the sound (on|back on)",),
    Intent.MEDIA_PAUSE: ("(pause|stop) the (music|video)",),
    Intent.MEDIA_PLAY: ("(play|continue) the (music|video)",),
    Intent.MEDIA_NEXT: ("[play the] next (song|track)",),
    Intent.MEDIA_PREVIOUS: ("[play the] previous (song|track)",),
    Intent.MEDIA_WHAT: ("what song is (this|playing)",),
    Intent.WINDOW_LIST: ("(what|which) windows are open",),
    Intent.WINDOW_SWITCH: ("switch to [the] {app}",),
    Intent.CLIPBOARD_READ: (
        "read [me] the clipboard",
        "<what_is> on the clipboard",
    ),
    Intent.CLIPBOARD_COPY: ("copy that [to the clipboard]",),
}

DESK_TYPED: dict[Intent, tuple[str, ...]] = {
    Intent.OPEN_FOLDER: (
        "(open|open up|show|show me|go to) [the|my] [folder] {folder} [folder]",
        "{folder} folder",
    ),
    Intent.FIND_FILE: (
        "(find|find me|search for|look for|where is|where's) [the|my|a] (file|files|document"
        "|documents|folder) [called|named|about|for|with] {text}",
        "find [my] {phrase:text} (file|files|document|folder)",
    ),
    Intent.VOLUME_SET: (
        "[set|turn|put|make|change] [the] (volume|sound) [up|down] (to|at) {percent}",
        "volume {percent}",
    ),
    Intent.VOLUME_UP: (
        "[turn|make] (it|the volume|the sound|the music|volume) (up|louder) [by {percent}]",
        "(turn up|raise|increase) [the] (volume|sound|music) [by {percent}]",
        "louder",
    ),
    Intent.VOLUME_DOWN: (
        "[turn|make] (it|the volume|the sound|the music|volume) (down|quieter|softer)"
        " [by {percent}]",
        "(turn down|lower|reduce|decrease) [the] (volume|sound|music) [by {percent}]",
        "(quieter|softer)",
    ),
    Intent.VOLUME_GET: (
        "how loud is it",
        "[<what_is>] [the] volume",
    ),
    Intent.MUTE: ("mute [the|it] [sound|volume|speakers|audio]", "turn [the] sound off"),
    Intent.UNMUTE: ("unmute [the|it] [sound|volume|speakers|audio]", "turn [the] sound on"),
    Intent.MEDIA_PAUSE: ("(pause|stop) [the|this|my] (music|song|track|video|playback|player)",),
    Intent.MEDIA_PLAY: (
        "(play|resume|continue|unpause) [the|this|my] (music|song|track|video|playback)",
        "resume",
    ),
    Intent.MEDIA_NEXT: (
        "(next|skip|skip this|skip the) (song|track|video)",
        "play [the] next (song|track|video|one)",
    ),
    Intent.MEDIA_PREVIOUS: ("[play|go back to] [the] (previous|last) (song|track|video)",),
    Intent.MEDIA_WHAT: (
        "what (song|music|track|video) is (this|playing|on) [now]",
        "(what is|what's) playing [now]",
    ),
    Intent.WINDOW_LIST: (
        "(list|show) [me] [all] [the|my] [open] windows",
        "what (windows|programs) [do i have|are] open",
    ),
    Intent.WINDOW_SWITCH: (
        "(switch|change) to [the|my] {app_name:app} [window]",
        "(bring|show) [me] [the|my] {app_name:app} (window|to the front)",
    ),
    Intent.CLIPBOARD_READ: (
        "(read|read out|show|show me|tell me) [what is on|what's on] (the|my) clipboard",
        "(what is|what's) [in|on] (the|my) clipboard",
        "[the] clipboard",
    ),
    Intent.CLIPBOARD_COPY: (
        "(copy|put) (that|it|this|your [last] answer) [(to|on|into) the clipboard]",
    ),
}
