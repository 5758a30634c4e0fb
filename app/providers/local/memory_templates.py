"""Commands for what is remembered and for the user's folders, in the notation of `notation`.

As in `templates`: the first lists are spoken and kept few, the others may be written.
"""

from __future__ import annotations

from app.providers.local.intents import Intent

MEMORY_SPOKEN: dict[Intent, tuple[str, ...]] = {
    Intent.REMEMBER_BEGIN: ("remember something",),
    Intent.RECALL: (
        "what do you remember",
        "what do you know about me",
    ),
}

MEMORY_TYPED: dict[Intent, tuple[str, ...]] = {
    Intent.REMEMBER_BEGIN: (
        "remember this",
        "remember something [for me|about me]",
    ),
    Intent.REMEMBER: ("(remember|keep in mind|don't forget|do not forget) that {text}",),
    Intent.RECALL: (
        "what do you (remember|know) about {text}",
        "what (did|have) i (tell|told) you about {text}",
        "what did i ask you to remember [about {text}]",
        "do you remember {text}",
    ),
    Intent.FORGET: (
        "forget (that|about|what i said about|what i told you about|what you know about) {text}",
        "(do not|don't|no longer) remember (that|about) {text}",
    ),
    Intent.FOLDERS_SEARCH: (
        "(search|look in|look through|check) my (folders|documents|files|papers) for {text}",
        "what do my (folders|documents|files|papers) say about {text}",
        "(find|look up|search for) {phrase:text} in my (folders|documents|files|papers)",
    ),
}
"""They come after "forget that", which means to stop."""
