"""The Markdown of docs/reference: a page per component, and a list of them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from docs.generator import docstrings, transforms
from docs.generator.registrations import SAMPLE_NAME, Registrations, registrations
from docs.generator.schema import Component, Field, Group, component, component_names

FOLDER = Path(__file__).parents[1] / "reference"
INDEX = "index.md"
NAMES_SHOWN = 4
NOTE = "<!-- Written by `make docs` from the docstrings; edit those, not this file. -->"


def pages() -> dict[str, str]:
    """File name to text of every page in docs/reference."""
    components = [component(name) for name in component_names()]
    return {INDEX: index(components)} | {file_name(it.name): page(it) for it in components}


def file_name(component_name: str) -> str:
    """`FanOut` is described in fan-out.md."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", component_name).lower() + ".md"


def index(components: Sequence[Component]) -> str:
    """The list of all components with the first sentence of each."""
    rows = [[f"[{it.name}]({file_name(it.name)})", first_sentence(it.docstring)] for it in components]
    return "\n".join(
        [
            NOTE,
            "",
            "# Components",
            "",
            "One page per component: its arguments, outputs and resources, and how to change what no argument covers.",
            "[Concepts](../concepts.md) says how they fit together.",
            "",
            *table(["component", "what it is"], rows),
        ]
    )


def page(it: Component) -> str:
    """One component's page."""
    recorded = registrations(it.name)
    parts = [NOTE, f"# {it.name}", docstrings.to_markdown(it.docstring), *see_also(it)]
    parts += ["## Arguments", naming(it), "\n".join(argument_table(it.arguments))]
    for nested in it.nested:
        parts += section(nested)
    parts += ["## Outputs", "\n".join(output_table(it.outputs))]
    parts += ["## Resources", *resources(recorded)]
    parts += ["## Escape hatch", *escape_hatch(it, recorded)]
    return "\n\n".join(parts) + "\n"


def see_also(it: Component) -> list[str]:
    """Links to AWS's own pages."""
    links = ", ".join(f"<{address}>" for address in it.sources)
    return [f"AWS documentation: {links}"] if links else []


def naming(it: Component) -> str:
    """How to read the table of arguments."""
    return (
        f"In Python, `{it.name}Args` is the type of the second parameter. Where other languages use another name, it "
        "stands below the Python name. *or output* means that the argument also takes an output of another resource; "
        "every other argument is a plain value."
    )


def section(nested: Group) -> list[str]:
    """A nested type with its own table."""
    return [f"### {nested.name}", docstrings.escape(nested.description), "\n".join(argument_table(nested.fields))]


def argument_table(fields: Iterable[Field]) -> list[str]:
    """Arguments with type, default and meaning."""
    rows = [[names(it), it.type, default(it), docstrings.escape(it.description)] for it in fields]
    return table(["argument", "type", "default", "meaning"], rows)


def output_table(fields: Iterable[Field]) -> list[str]:
    """Outputs with type and meaning."""
    return table(
        ["output", "type", "meaning"], [[names(it), it.type, docstrings.escape(it.description)] for it in fields]
    )


def names(it: Field) -> str:
    """The Python name, and the other one where it differs."""
    return f"`{it.name}`" if it.name == it.camel_name else f"`{it.name}`<br>`{it.camel_name}`"


def default(it: Field) -> str:
    """Text of the column *default*."""
    if it.is_required:
        return "**required**"
    other = f"**this or** {it.alternative}" if it.alternative else ""
    return docstrings.escape(it.default.removesuffix(".") or other)


def resources(recorded: Registrations) -> Iterator[str]:
    """The table of registered resources, counted over the samples of the component's test."""
    counts, most = recorded.fewest.counts, recorded.most
    yield (
        f"What the component's test records, for a component named `{SAMPLE_NAME}`: with the fewest arguments, and the "
        "largest number among its other samples. More zones, queues or rules make more."
    )
    rows = [
        [resource(kind), str(counts[kind]), str(most(kind)), logical_names(recorded, kind)] for kind in recorded.kinds()
    ]
    yield "\n".join(table(["resource", "fewest", "most", "logical names with the fewest arguments"], rows))
    if recorded.lookups():
        yield f"It looks up: {', '.join(f'`{it}`' for it in recorded.lookups())}."


def resource(kind: str) -> str:
    """A type token; a component of ours as a link to its page."""
    name = kind.removeprefix("slipway:index:")
    return f"[`{kind}`]({file_name(name)})" if name != kind else f"`{kind}`"


def logical_names(recorded: Registrations, kind: str) -> str:
    """The first names of a type; the rest as a number."""
    found = recorded.fewest.names.get(kind, [])
    more = [f"and {len(found) - NAMES_SHOWN} more"] if len(found) > NAMES_SHOWN else []
    return ", ".join([*(f"`{it}`" for it in found[:NAMES_SHOWN]), *more])


def escape_hatch(it: Component, recorded: Registrations) -> Iterator[str]:
    """The transform of the main child."""
    change = transforms.change_of(it.name)
    yield (
        f"No argument covers every property. Example: `{change.key}` of `{change.kind}`. Change such a property with "
        "`transforms` in the resource options. A transform reaches every child, in every Pulumi language:"
    )
    yield f"```python\n{transforms.program(it, recorded.fewest)}```"


def first_sentence(docstring: str) -> str:
    """The first paragraph of a docstring, on one line."""
    return docstrings.escape(" ".join(docstring.split("\n\n", maxsplit=1)[0].split()))


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a Markdown table; a `|` in a cell is escaped."""
    cells = [list(heads), ["---"] * len(heads), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return [f"| {' | '.join(row)} |" for row in cells]
