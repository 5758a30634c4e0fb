"""`sayso help`: the pages that the window shows too."""

from __future__ import annotations

from importlib.resources import files

from app.errors import EXIT_OK, AppError, Code


def show(topic: str | None) -> int:
    """Print a page, or list them. Raises AppError."""
    pages = {
        page.name.removesuffix(".md"): page
        for page in files("resources").joinpath("help").iterdir()
        if page.name.endswith(".md")
    }
    if topic is None:
        for name in sorted(pages):
            title = pages[name].read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")
            print(f"  {name:<16}{title}")
        return EXIT_OK
    if topic not in pages:
        raise AppError(Code.USAGE, f"There is no page named {topic}; `sayso help` lists them.")
    print(pages[topic].read_text(encoding="utf-8"))
    return EXIT_OK
