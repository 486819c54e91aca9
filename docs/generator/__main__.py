"""Writes the pages and removes the pages of deleted components."""

from docs.generator.pages import FOLDER, pages


def main() -> None:
    """Bring docs/reference up to date."""
    FOLDER.mkdir(exist_ok=True)
    written = pages()
    for stale in {path.name for path in FOLDER.glob("*.md")} - written.keys():
        (FOLDER / stale).unlink()
    for name, text in written.items():
        (FOLDER / name).write_text(text)


if __name__ == "__main__":
    main()
