"""Builds the site: `sphinx-build -c docs . site`. Its pages are the Markdown files of the whole checkout.

The source folder is the checkout, so a relative link means the same on the site and in a viewer of the repository.
"""

from sphinx.application import Sphinx

project = "Slipway"
copyright = "the Slipway authors"  # noqa: A001 - Sphinx's word
extensions = ["myst_parser"]
root_doc = "docs/index"
include_patterns = ["*.md", "docs/**.md", "**/README.md", "**/RULES.md"]
exclude_patterns = [".*", "**/.*", "**/build", "**/dist", "site", "tests"]
templates_path = ["_templates"]

myst_heading_anchors = 4  # anchors as GitHub makes them
highlight_language = "none"  # of a fence that names no language

html_theme = "pydata_sphinx_theme"
html_title = "Slipway"
html_copy_source = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_additional_pages = {"index": "redirect.html"}
html_sidebars = {"**": ["contents.html"]}
html_theme_options = {"navbar_center": [], "secondary_sidebar_items": ["page-toc"]}

# The page that a table of contents stands on, then caption and pages. The last pattern takes pages that are named nowhere.
CONTENTS = {
    "docs/index": [
        (
            "Guides",
            [
                "README",
                "docs/concepts",
                "docs/glossary",
                "docs/troubleshooting",
                "docs/upgrading",
                "docs/network",
                "docs/image",
                "docs/service",
                "docs/links",
                "docs/micro-stacks",
                "docs/messaging",
                "docs/bastion",
                "docs/languages",
                "docs/moving",
                "docs/testing",
                "docs/by-hand",
                "docs/state",
                "docs/policies",
                "docs/*",
            ],
        ),
        ("Reference", ["docs/reference/index", "**/RULES"]),
        ("Parts", ["components/README", "policies/README", "sandbox/README", "**/README"]),
        ("Project", ["docs/adr/README", "*"]),
    ],
    "docs/adr/README": [("Decisions", ["docs/adr/*"])],
    "docs/reference/index": [("Components", ["docs/reference/*"])],
}


def add_contents(_app: Sphinx, page: str, text: list[str]) -> None:
    """Append a page's hidden tables of contents; only the site needs them."""
    for caption, entries in CONTENTS.get(page, []):
        listed = "\n".join(f"/{it}" for it in entries)
        text[0] += f"\n\n```{{toctree}}\n:caption: {caption}\n:hidden:\n:glob:\n\n{listed}\n```\n"


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", add_contents)
