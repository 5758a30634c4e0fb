"""What can go wrong with pictures, in words a person understands."""

from __future__ import annotations

from app.error_codes import Action, Category, Code, Explanation

_E = Explanation
_C = Category
SHOT_EXPLANATIONS: dict[Code, Explanation] = {
    Code.SCREEN_MISSING: _E(
        _C.USAGE,
        "There is no screen here that Sayso can see: {detail}.",
        "Show it a picture from a file instead.",
    ),
    Code.SCREEN_LOCKED: _E(
        _C.DENIED,
        "The screen is locked, so no picture was taken.",
        "Unlock it and try again.",
    ),
    Code.SCREEN_EMPTY: _E(
        _C.USAGE,
        "There is nothing to see: the whole picture is one colour.",
        "Wake the screen, or show another part of it.",
    ),
    Code.SCREEN_REFUSED: _E(
        _C.DENIED,
        "The system did not let Sayso see the screen{detail}.",
        "Allow it in the system's privacy settings, and try again.",
        Action.OPEN_HELP,
    ),
    Code.WINDOW_PRIVATE: _E(
        _C.DENIED,
        "{detail} is on the list of what Sayso never looks at.",
        "The list is in the settings, under Pictures.",
    ),
    Code.WINDOW_GONE: _E(
        _C.USAGE,
        "There is no such window on the screen now.",
        "Choose another one.",
    ),
    Code.PICTURE_UNREADABLE: _E(
        _C.USAGE,
        "{detail} is not a picture that Sayso can read.",
        "Use PNG, JPEG, WebP, GIF, BMP or TIFF.",
    ),
    Code.PICTURE_TOO_LARGE: _E(
        _C.USAGE,
        "{detail} is too large for Sayso.",
        "Use a picture of less than 100 megapixels and 50 megabytes.",
    ),
    Code.PICTURE_MISSING: _E(
        _C.USAGE,
        "There is no picture on the clipboard.",
        "Copy one, and try again.",
    ),
    Code.PICTURE_REFUSED: _E(
        _C.DENIED,
        "You chose not to show the picture, so nothing was asked.",
        "Ask again whenever you like.",
    ),
    Code.PICTURE_UNSEEN: _E(
        _C.DENIED,
        "Nobody could look at the picture before it was sent, so nothing was asked.",
        "Ask in a terminal, or add --yes to send it unseen.",
    ),
    Code.PICTURE_HAS_SECRETS: _E(
        _C.DENIED,
        "The picture shows what looks like {detail}, so it was not attached.",
        "Cover it, or say that it may be sent.",
    ),
    Code.PICTURES_TOO_MANY: _E(
        _C.USAGE,
        "No more than {detail} pictures go with one question.",
        "Remove one, or ask in two steps.",
    ),
    Code.PICTURES_NOT_SEEN: _E(
        _C.USAGE,
        "{detail} cannot look at pictures.",
        "Choose a model that can, under Answers in the settings.",
        Action.CHANGE_SERVER,
    ),
}
