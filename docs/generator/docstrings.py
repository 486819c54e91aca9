"""Turns a docstring into Markdown: text stays, and every example becomes a fenced block.

An example is an indented block below a line ending in `::`, lines from `>>>` to the next blank line, or a fence.
"""

import re
import textwrap
from collections.abc import Iterator

FENCE = "```"
MARK = "::"
SESSION = ">>> "


def to_markdown(docstring: str) -> str:
    """The docstring with every example in a fence."""
    return "\n\n".join(block for block in blocks(docstring.strip().splitlines()) if block)


def blocks(lines: list[str]) -> Iterator[str]:
    """Text and examples in turn."""
    text: list[str] = []
    below = lines
    while below:
        [line, *below] = below
        if line.startswith(FENCE):
            length = below.index(FENCE) + 1
            example = "\n".join([line, *below[:length]])
        elif line.startswith(SESSION):
            length = next((at for at, it in enumerate(below) if not it), len(below))
            example = fenced("pycon", [line, *below[:length]])
        elif line.endswith(MARK):
            length = next((at for at, it in enumerate(below) if it and not it.startswith(" ")), len(below))
            example = fenced("python", below[:length])
            title = line.removesuffix(MARK)
            text += [f"{title}:"] if title else []
        else:
            text.append(line)
            continue
        yield escape("\n".join(text).strip())
        yield example
        text, below = [], below[length:]
    yield escape("\n".join(text).strip())


def fenced(language: str, lines: list[str]) -> str:
    """Lines as a block of code."""
    code = textwrap.dedent("\n".join(lines)).strip("\n")
    return f"{FENCE}{language}\n{code}\n{FENCE}"


def escape(text: str) -> str:
    """Text with every `<` escaped, or Markdown takes `<word>` for HTML; code in backticks stays as it is."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else part.replace("<", "&lt;") for part in parts)
