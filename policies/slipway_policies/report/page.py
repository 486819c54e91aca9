"""`slipway policies report`: the findings of a run as one self-contained HTML file."""

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from typing import Final

from slipway_policies.report.events import Found, Run, read

SEVERITIES: Final = ("critical", "high", "medium", "low")
FRAMEWORKS: Final = {
    "FSBP": "AWS Foundational Security Best Practices",
    "Security Hub": "AWS Security Hub, controls of its other standards",
    "CIS": "CIS AWS Foundations",
    "NIST": "NIST 800-53",
}
Keys = Callable[[Found], Iterable[str]]
STYLE: Final = Path(__file__).with_name("report.css")
HOW: Final = (
    'make them with `pulumi policy analyze --policy-pack "$(slipway policies path)" --json`, '
    "or `pulumi preview --json` where PULUMI_ENABLE_STREAMING_JSON_PREVIEW is true"
)


def render(run: Run) -> str:
    """The page."""
    parts = [
        f"<header><h1>Policy report</h1><p>{_heading(run)}</p></header>",
        "<main>",
        _tiles(run),
        _section("By severity", _groups(run, run.found, lambda one: [one.severity], _card)),
        _section("By control framework", _frameworks(run)),
        _section("By resource", _groups(run, run.found, lambda one: [one.resource], _line)),
        _section("Exemptions", _items(run.exemptions) or "<p>None in use, none expired.</p>"),
        _section("Deferred checks", _waiting(run)),
    ]
    if run.rewritten:
        rewritten = [f"{rule}: {urn.rpartition('::')[2]}" for rule, urn in run.rewritten]
        parts.append(_section("Rewritten resources", _items(rewritten)))
    if run.notes:
        parts.append(_section("About the pack", _items(run.notes)))
    style = STYLE.read_text()
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Policy report</title>'
    return f'<!doctype html><html lang="en"><head>{head}<style>{style}</style></head><body>{"".join(parts)}</main></body></html>\n'


def _heading(run: Run) -> str:
    mandatory = sum(finding.level == "mandatory" for finding in run.found)
    resources = len({finding.urn for finding in run.found})
    where = f"Stack {escape(run.stack)}: " if run.stack else ""
    if not run.found:
        return f"{where}no findings."
    return (
        f"{where}{_count(len(run.found), 'finding')} on {_count(resources, 'resource')}, {mandatory} of them mandatory."
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _tiles(run: Run) -> str:
    counts = [(name, sum(finding.severity == name for finding in run.found)) for name in SEVERITIES]
    counts.append(("deferred", sum(run.waiting.values())))
    tiles = "".join(f'<li class="{name}"><b>{number}</b> {name}</li>' for name, number in counts)
    return f'<ul class="tiles">{tiles}</ul>'


def _section(title: str, body: str) -> str:
    return f"<section><h2>{title}</h2>{body}</section>"


def _items(texts: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<ul>{items}</ul>" if items else ""


def _waiting(run: Run) -> str:
    if not run.waiting:
        return "<p>None: every check had the values that it needs.</p>"
    rows = (f"{rule}: {count}" for rule, count in sorted(run.waiting.items()))
    return f"<p>Their values are known during <code>pulumi up</code> only, which makes them before each resource.</p>{_items(rows)}"


def _groups(run: Run, found: list[Found], keys: Keys, show: Callable[[int, Found], str]) -> str:
    """One foldable group per key, the worst finding first."""
    groups: dict[str, list[str]] = defaultdict(list)
    numbers = {one: index for index, one in enumerate(run.found)}
    for one in sorted(found, key=_rank):
        for key in keys(one):
            groups[key].append(show(numbers[one], one))
    return "".join(_fold(name, len(it), "".join(it)) for name, it in groups.items()) or "<p>Nothing found.</p>"


def _fold(name: str, count: int, body: str) -> str:
    return f"<details><summary>{escape(name)} <span>{count}</span></summary>{body}</details>"


def _rank(one: Found) -> tuple[int, bool, str]:
    severity = SEVERITIES.index(one.severity) if one.severity in SEVERITIES else len(SEVERITIES)
    return severity, one.level != "mandatory", one.urn


def _frameworks(run: Run) -> str:
    def of(framework: str) -> Keys:
        return lambda one: (control for control in one.controls if control.startswith(f"{framework} "))

    parts = []
    for framework, name in FRAMEWORKS.items():
        theirs = [finding for finding in run.found if any(of(framework)(finding))]
        parts.append(_fold(name, len(theirs), _groups(run, theirs, of(framework), _line)))
    return "".join(parts)


def _line(index: int, one: Found) -> str:
    where = f'<a href="#f{index}">{escape(one.rule)}</a> {escape(one.resource)}'
    return f'<p class="line {escape(one.severity)}">{where}: {escape(one.problem)}</p>'


def _card(index: int, one: Found) -> str:
    rule = f'<a href="{escape(one.link)}">{escape(one.rule)}</a>' if one.link else escape(one.rule)
    fix = f"<p><b>Fix:</b> {escape(one.fix)}</p>" if one.fix else ""
    controls = f'<p class="controls">{escape(", ".join(one.controls))}</p>' if one.controls else ""
    return (
        f'<article id="f{index}" class="{escape(one.severity)}"><p class="what"><b>{escape(one.resource)}</b> {rule} '
        f'<span class="level">{escape(one.level)}</span></p><p>{escape(one.title)}</p>'
        f"<p>{escape(one.problem)}.</p>{fix}{controls}</article>"
    )


def main(arguments: list[str]) -> int:
    """Writes the page of the events in a file or on stdin; returns the exit code."""
    parser = argparse.ArgumentParser(prog="slipway policies report", description=f"{__doc__} Events: {HOW}.")
    parser.add_argument("events", nargs="?", help="file of events, one JSON object a line; stdin without it")
    parser.add_argument("--output", default="policy-report.html", help="the page; policy-report.html without it")
    given = parser.parse_args(arguments)
    try:
        source = given.events or sys.stdin.fileno()
        # What is no text, such as the half of a terminal's colour, is in no event.
        with open(source, encoding="utf-8-sig", errors="replace") as lines:  # noqa: PTH123 - a path, or stdin's number
            run = read(lines)
        if run.events:
            Path(given.output).write_text(render(run), encoding="utf-8")
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if not run.events:
        print(f"error: {given.events or 'stdin'} holds no events of the engine; {HOW}", file=sys.stderr)
        return 1
    print(f"{given.output}: {_count(len(run.found), 'finding')}")
    return 0
