"""The catalogue of findings into the tables of the documentation, between their markers: ``make tables``."""

from __future__ import annotations

import re
from pathlib import Path

from renderer.model.findings import Language, Weight, table

ROOT = Path(__file__).resolve().parents[1]
PAGES: dict[Path, Language] = {ROOT / "docs" / "member-file.md": "en", ROOT / "README.ja.md": "ja"}
MARKED = re.compile(r"(<!-- findings: ([a-z ]+) -->\n).*?(<!-- end of findings -->)", re.DOTALL)


def written(page: str, language: Language) -> str:
    """Return the page with the tables of the catalogue as it is now."""

    def between(found: re.Match[str]) -> str:
        return f"{found[1]}\n{table(language, [Weight(word) for word in found[2].split()])}\n{found[3]}"

    return MARKED.sub(between, page)


def main() -> None:
    """Write the tables into the pages."""
    for path, language in PAGES.items():
        path.write_text(written(path.read_text(encoding="utf-8"), language), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
