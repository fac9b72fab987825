"""The pages of the repository, and the docstrings of its rooms → the pages of the site: a hook of mkdocs.yml."""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
SHOWN = (
    *("*.md", "docs/*.md", "docs/decisions/*.md", "docs/pictures/**/*.png", "bench/*.md", "deploy/*"),
    *("fonts/*.md", "fonts/LICENCE-*.txt", "fonts/BIZUDGothic-*.ttf"),
)
"""What stands on the site under its own name."""
CHAPTERS = {"docs/decisions": "Decisions", "rooms": "Rooms"}
"""Folders whose pages are listed in one of their own."""
LIBRARY = """# Library

What `from renderer import …` gives; [how it is used](README.md#as-a-library).

::: renderer
    options: {show_root_heading: false, show_root_toc_entry: false}
"""
_TO_FOLDER = re.compile(r"\]\(((?:[\w./-]*/)?decisions)\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what stands in the repository, and a page for each room."""
    for path in sorted(path for pattern in SHOWN for path in ROOT.glob(pattern)):
        files.append(File.generated(config, path.relative_to(ROOT).as_posix(), abs_src_path=str(path)))
    files.append(File.generated(config, "library.md", content=LIBRARY))
    for room in sorted(path.parent for path in ROOT.glob("renderer/*/__init__.py")):
        modules = sorted(path.stem for path in room.glob("*.py") if not path.stem.startswith("__"))
        head = f"::: renderer.{room.name}\n    options: {{heading_level: 1, members: false}}"
        text = "\n\n".join([head, *(f"::: renderer.{room.name}.{module}" for module in modules)])
        files.append(File.generated(config, f"rooms/{room.name}.md", content=text))
    for folder, title in CHAPTERS.items():
        inside = [file for file in files.documentation_pages() if file.src_uri.startswith(f"{folder}/")]
        lines = [f"- [{_title(file)}]({Path(file.src_uri).name})" for file in inside]
        text = "\n".join([f"# {title}", "", *lines, ""])
        files.append(File.generated(config, f"{folder}/index.md", content=text))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Let a link to a folder, which the pages of a repository list by themselves, lead to the list of it."""
    return _TO_FOLDER.sub(r"](\1/index.md)", markdown)


def _title(file: File) -> str:
    first = file.content_string.partition("\n")[0]
    return first.removeprefix("# ").removeprefix("::: renderer.")
