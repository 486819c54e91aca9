"""`slipway policies report`: the findings of a run as one self-contained HTML file."""

import argparse
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from typing import Final

from slipway_policies.report.events import Run, Violation, read

SEVERITIES: Final = ("critical", "high", "medium", "low")
FRAMEWORKS: Final = {
    "FSBP": "AWS Foundational Security Best Practices",
    "Security Hub": "AWS Security Hub, controls of its other standards",
    "CIS": "CIS AWS Foundations",
    "NIST": "NIST 800-53",
}
Keys = Callable[[Violation], Iterable[str]]
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
        _section("By severity", _groups(run, run.violations, lambda violation: [violation.severity], _card)),
        _section("By control framework", _frameworks(run)),
        _section("By resource", _groups(run, run.violations, lambda violation: [violation.resource], _line)),
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
    mandatory = sum(violation.level == "mandatory" for violation in run.violations)
    resources = len({violation.urn for violation in run.violations})
    where = f"Stack {escape(run.stack)}: " if run.stack else ""
    if not run.violations:
        return f"{where}no findings."
    return f"{where}{_count(len(run.violations), 'finding')} on {_count(resources, 'resource')}, {mandatory} of them mandatory."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _tiles(run: Run) -> str:
    counts = [(name, sum(violation.severity == name for violation in run.violations)) for name in SEVERITIES]
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


def _groups(run: Run, violations: list[Violation], keys: Keys, show: Callable[[int, Violation], str]) -> str:
    """One foldable group per key, the worst finding first."""
    groups: dict[str, list[str]] = defaultdict(list)
    numbers = {violation: index for index, violation in enumerate(run.violations)}
    for violation in sorted(violations, key=_rank):
        for key in keys(violation):
            groups[key].append(show(numbers[violation], violation))
    return "".join(_fold(name, len(it), "".join(it)) for name, it in groups.items()) or "<p>Nothing found.</p>"


def _fold(name: str, count: int, body: str) -> str:
    return f"<details><summary>{escape(name)} <span>{count}</span></summary>{body}</details>"


def _rank(violation: Violation) -> tuple[int, bool, str]:
    severity = SEVERITIES.index(violation.severity) if violation.severity in SEVERITIES else len(SEVERITIES)
    return severity, violation.level != "mandatory", violation.urn


def _frameworks(run: Run) -> str:
    def of(framework: str) -> Keys:
        return lambda violation: (control for control in violation.controls if control.startswith(f"{framework} "))

    parts = []
    for framework, name in FRAMEWORKS.items():
        theirs = [violation for violation in run.violations if any(of(framework)(violation))]
        parts.append(_fold(name, len(theirs), _groups(run, theirs, of(framework), _line)))
    return "".join(parts)


def _line(index: int, violation: Violation) -> str:
    where = f'<a href="#f{index}">{escape(violation.rule)}</a> {escape(violation.resource)}'
    return f'<p class="line {escape(violation.severity)}">{where}: {escape(violation.problem)}</p>'


def _card(index: int, violation: Violation) -> str:
    rule = (
        f'<a href="{escape(violation.link)}">{escape(violation.rule)}</a>' if violation.link else escape(violation.rule)
    )
    fix = f"<p><b>Fix:</b> {escape(violation.fix)}</p>" if violation.fix else ""
    controls = f'<p class="controls">{escape(", ".join(violation.controls))}</p>' if violation.controls else ""
    return (
        f'<article id="f{index}" class="{escape(violation.severity)}"><p class="what"><b>{escape(violation.resource)}</b> {rule} '
        f'<span class="level">{escape(violation.level)}</span></p><p>{escape(violation.title)}</p>'
        f"<p>{escape(violation.problem)}.</p>{fix}{controls}</article>"
    )


def _write(path: Path, text: str) -> None:
    """Writes a page whole or not at all; what is no file, such as /dev/stdout, takes it as it comes."""
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8")
        return
    path = path.resolve()
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def main(arguments: list[str]) -> int:
    """Writes the page of the events in a file or on stdin; returns the exit code."""
    parser = argparse.ArgumentParser(prog="slipway policies report", description=f"{__doc__} Events: {HOW}.")
    parser.add_argument("events", nargs="?", help="file of events, one JSON object a line; stdin without it")
    parser.add_argument("--output", default="policy-report.html", help="the page; policy-report.html without it")
    options = parser.parse_args(arguments)
    try:
        source = options.events or sys.stdin.fileno()
        # What is no text, such as the half of a terminal's colour, is in no event.
        with open(source, encoding="utf-8-sig", errors="replace") as lines:  # noqa: PTH123 - a path, or stdin's number
            run = read(lines)
        if run.events:
            _write(Path(options.output), render(run))
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if not run.events:
        print(f"error: {options.events or 'stdin'} holds no events of the engine; {HOW}", file=sys.stderr)
        return 1
    print(f"{options.output}: {_count(len(run.violations), 'finding')}")
    return 0
