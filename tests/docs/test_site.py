"""The site builds without a warning, and needs nothing from the network."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import HANG_SECONDS

ROOT = Path(__file__).parents[2]
BUILD = [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going", "-c", "docs", "."]
LOADED = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=\"((?:https?:)?//[^\"]*)\"")
LOADED_BY_STYLE = re.compile(r"(?:url\(|@import )\s*[\"']?((?:https?:)?//[^\"')]*)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built anew."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run([*BUILD, str(folder)], cwd=ROOT, capture_output=True, text=True, timeout=HANG_SECONDS)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def test_it_has_a_page_for_every_guide_reference_page_and_part(site: Path) -> None:
    sources = [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(
            ROOT / name / "README.md"
            for name in ("components", "consumer", "ops", "policies", "sandbox", "setup/engine", "app")
        ),
        *ROOT.glob("policies/**/RULES.md"),
    ]
    missing = [it for it in sources if not (site / it.relative_to(ROOT)).with_suffix(".html").is_file()]
    assert missing == []


def test_no_page_and_no_style_loads_anything_from_the_network(site: Path) -> None:
    found = {it.name: LOADED.findall(it.read_text()) for it in site.rglob("*.html")}
    assert {name: addresses for name, addresses in found.items() if addresses} == {}
    found = {it.name: LOADED_BY_STYLE.findall(it.read_text()) for it in site.rglob("*.css")}
    assert found
    assert {name: addresses for name, addresses in found.items() if addresses} == {}


def test_every_diagram_is_complete_in_itself_and_shown(site: Path) -> None:
    diagrams = sorted((ROOT / "docs" / "images").glob("*.svg"))
    assert diagrams
    for diagram in diagrams:
        assert (site / "_images" / diagram.name).is_file(), f"no page shows {diagram.name}"
        assert set(re.findall(r"https?://[^\"]*", diagram.read_text())) == {"http://www.w3.org/2000/svg"}


def test_the_front_page_leads_to_the_guides_and_search_works_from_files(site: Path) -> None:
    assert 'url=docs/index.html"' in (site / "index.html").read_text()
    index = (site / "searchindex.js").read_text()
    for page in ("docs/reference/fan-out", "docs/service", "README"):
        assert f'"{page}"' in index


def test_every_page_stands_in_the_contents(site: Path) -> None:
    page = (site / "docs" / "concepts.html").read_text()
    contents = page[page.index('<nav class="bd-docs-nav') :]
    for target in ("reference/queue.html", "adr/0001-set-up-is-a-room.html", "../policies/README.html", "service.html"):
        assert f'href="{target}"' in contents
