"""Writes the pages and the plugin's schema, and removes the pages of deleted components."""

from docs.generator.pages import FOLDER, pages
from docs.generator.schema import SCHEMA_FILE, plugin_schema


def main() -> None:
    """Bring docs/reference and components/schema.json up to date."""
    SCHEMA_FILE.write_text(plugin_schema())
    FOLDER.mkdir(exist_ok=True)
    written = pages()
    for stale in {path.name for path in FOLDER.glob("*.md")} - written.keys():
        (FOLDER / stale).unlink()
    for name, text in written.items():
        (FOLDER / name).write_text(text)


if __name__ == "__main__":
    main()
