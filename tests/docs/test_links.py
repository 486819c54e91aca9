"""Every link in a Markdown file leads to an existing file or heading. Links to the network are not followed."""

import functools
import os
import re
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
MARKDOWN = MarkdownIt("commonmark").enable("table")
TARGET = {"a": "href", "img": "src"}
BUILT = {"site", "build", "dist"}
HISTORY = {"CHANGELOG.md"}  # names files as they were


def markdown_files() -> Iterator[Path]:
    """Every Markdown file of the checkout, except in hidden folders and build results."""
    for place, folders, files in os.walk(ROOT):
        # In place: .venv alone has forty thousand files.
        folders[:] = sorted(it for it in folders if (it[0] != "." or it == ".github") and it not in BUILT)
        yield from (Path(place) / it for it in sorted(files) if it.endswith(".md"))


def tokens(text: str) -> Iterator[Token]:
    """Every token of a text, those inside of paragraphs too."""
    for token in MARKDOWN.parse(text):
        yield token
        yield from token.children or []


def links(text: str) -> list[str]:
    """Targets of all links and images."""
    found = (token.attrGet(TARGET.get(token.tag, "")) for token in tokens(text))
    return [str(it) for it in found if it]


def anchors(text: str) -> set[str]:
    """Anchors of all headings, as GitHub makes them."""
    counted: Counter[str] = Counter()
    found = set()
    heading = False
    for token in tokens(text):
        if heading and token.type == "inline":
            words = "".join(it.content for it in token.children or [] if it.type in ("text", "code_inline"))
            slug = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
            found.add(f"{slug}-{counted[slug]}" if counted[slug] else slug)
            counted[slug] += 1
        heading = token.type == "heading_open"
    return found


@functools.cache
def anchors_of(path: Path) -> set[str]:
    """Anchors of a file."""
    return anchors(path.read_text())


def dead_paths(text: str) -> list[str]:
    """Paths from the top of the checkout in a text, links aside, without a file or folder there."""
    tops = "|".join(
        sorted(it.name for it in ROOT.iterdir() if it.is_dir() and it.name[0] != "." and it.name not in BUILT)
    )
    paths = re.findall(rf"(?<![\w./-])(?:{tops})/[\w./-]*\w", re.sub(r"\]\([^)]*\)", "]", text))
    return [it for it in paths if not (ROOT / it).exists()]


def dead_links(path: Path, text: str) -> list[str]:
    """Links of a file at this path whose target is not there."""
    own = anchors(text)
    return [link for link in links(text) if not is_alive(link, path, own)]


def is_alive(link: str, path: Path, own: set[str]) -> bool:
    """Whether the target of a link in this file, with these anchors of its own, is there."""
    url = urllib.parse.urlsplit(link)
    if url.scheme or url.netloc:
        return True
    if not url.path:
        return url.fragment in own
    target = (path.parent / urllib.parse.unquote(url.path)).resolve()
    if not target.is_file() or not target.is_relative_to(ROOT):
        return False
    return not url.fragment or url.fragment in anchors_of(target)


@pytest.mark.parametrize("path", [pytest.param(it, id=str(it.relative_to(ROOT))) for it in markdown_files()])
def test_no_link_is_dead(path: Path) -> None:
    assert dead_links(path, path.read_text()) == [], (
        "name a file of this repository (a folder's README.md), or a heading"
    )


@pytest.mark.parametrize(
    "path", [pytest.param(it, id=str(it.relative_to(ROOT))) for it in markdown_files() if it.name not in HISTORY]
)
def test_a_path_in_a_text_exists(path: Path) -> None:
    assert dead_paths(path.read_text()) == []


def test_a_dead_path_is_found_and_only_that() -> None:
    text = "`docs/none.md`, [docs/index.md](docs/none.md), components/, setup/engine and ../docs/none.md"
    assert dead_paths(text) == ["docs/none.md"]


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("[x](no-such-file.md)", id="file"),
        pytest.param("[x](docs)", id="folder"),
        pytest.param("[x](../../../../etc/hostname)", id="outside"),
        pytest.param("![x](docs/images/none.svg)", id="image"),
        pytest.param("[x](#no-such-heading)", id="heading here"),
        pytest.param("[x](README.md#no-such-heading)", id="heading there"),
        pytest.param("| a |\n| --- |\n| [x](none.md) |", id="in a table"),
        pytest.param("[x][y]\n\n[y]: none.md", id="reference"),
    ],
)
def test_a_dead_link_is_found(link: str) -> None:
    assert len(dead_links(ROOT / "page.md", link)) == 1


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("[x](README.md#two-commands)", id="heading there"),
        pytest.param("# A `b`: c?\n\n## A b c\n\n[x](#a-b-c) [x](#a-b-c-1)", id="second of the same anchor"),
        pytest.param("<https://example.com/none> [x](https://example.com/none)", id="network"),
        pytest.param("```\n[x](none.md)\n```\n\n`[x](none.md)`", id="code"),
    ],
)
def test_a_good_link_is_left_alone(link: str) -> None:
    assert dead_links(ROOT / "page.md", link) == []


def test_files_of_every_room_are_looked_at() -> None:
    rooms = {it.relative_to(ROOT).parts[0] for it in markdown_files()}
    top = {"README.md", "docs", "components", "consumer", "ops", "policies", "sandbox", "setup", "app", "examples"}
    assert rooms >= top
