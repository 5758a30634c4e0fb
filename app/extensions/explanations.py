"""What can go wrong with servers and tool files, in words a person understands."""

from __future__ import annotations

from app.error_codes import Action, Category, Code, Explanation

EXTENSION_EXPLANATIONS: dict[Code, Explanation] = {
    Code.EXTENSION_ASKS: Explanation(
        Category.USAGE,
        "{detail}",
        "Look at it in the settings. Until then it is not used.",
        Action.REVIEW_EXTENSIONS,
    ),
    Code.TOOL_SERVER_FAILED: Explanation(
        Category.USAGE,
        "A tool server does not run: {detail}.",
        "Everything else works. It can be started again in the settings.",
        Action.REVIEW_EXTENSIONS,
    ),
    Code.TOOL_FILE_BROKEN: Explanation(
        Category.USAGE,
        "A tool file cannot be used: {detail}.",
        "Put it right and save it; Sayso looks again by itself.",
        Action.REVIEW_EXTENSIONS,
    ),
}
