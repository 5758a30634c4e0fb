"""What can go wrong with folders, in words a person understands."""

from __future__ import annotations

from app.error_codes import Action, Category, Code, Explanation

KNOWLEDGE_EXPLANATIONS: dict[Code, Explanation] = {
    Code.SOURCE_GONE: Explanation(
        Category.USAGE,
        "{detail} could not be shown: it is gone, or no program opens it.",
        "Look for it in its folder.",
    ),
    Code.INDEX_BROKEN: Explanation(
        Category.STORAGE,
        "What was read of your folders could not be opened, so a new file was begun.",
        "Add the folders again. The old file was kept as {detail}.",
    ),
    Code.FACTS_BROKEN: Explanation(
        Category.STORAGE,
        "What Sayso remembers could not be opened, so a new file was begun.",
        "The old one was kept as {detail}.",
        Action.OPEN_HELP,
    ),
}
