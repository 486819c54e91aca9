"""The rooms of the components: who may import whom, read from the import statements."""

import ast
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import slipway

PACKAGE = Path(__file__).parents[2] / "components" / "slipway"
# A room imports rooms of earlier rows only.
ROWS = [
    ["common", "program", "words"],
    ["credentials"],
    ["ec2", "deployment", "hooks", "messaging", "schedules", "task", "testing"],
    ["dynamic", "links", "run_before"],
    ["network", "access", "load_balancing", "image", "eks"],
    ["service"],
    ["worker", "job", "sharing", "plugin"],
]
ROW = {room: row for row, rooms in enumerate(ROWS) for room in rooms}


@dataclass(frozen=True)
class Import:
    """One module named in an import statement."""

    path: str
    """File and line, for messages."""
    room: str
    """Room of the importing module; empty for the package's own `__init__`."""
    module: str
    """Absolute name of the imported module."""
    relative_levels: int
    """Dots before the name: 1 for the same room."""


def imports_of(source: str, path: str, room: str) -> list[Import]:
    """Imports of a module."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [Import(f"{path}:{node.lineno}", room, name.name, 0) for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            package = f"slipway.{room}".rstrip(".") if node.level == 1 else "slipway"
            module = f"{package}.{node.module or ''}".rstrip(".") if node.level else str(node.module)
            found.append(Import(f"{path}:{node.lineno}", room, module, node.level))
    return found


def imports() -> list[Import]:
    """Imports of every module in the package."""
    return [
        statement
        for path in sorted(PACKAGE.rglob("*.py"))
        for statement in imports_of(
            path.read_text(), str(path.relative_to(PACKAGE)), "".join(path.relative_to(PACKAGE).parent.parts[:1])
        )
    ]


def objection(statement: Import) -> str | None:
    """Why a room may not import a module; None for an import that it may."""
    parts = statement.module.split(".")
    if parts[0] != "slipway" or not statement.room or statement.relative_levels == 1:
        return None
    room = parts[1] if len(parts) > 1 else ""
    rules = [
        (statement.relative_levels > 1, "a relative import stays in its room; write from slipway.<room> import ..."),
        (room not in ROW, "the package's own names are for programs; import from the room"),
        (room == statement.room, "an import from the same room is relative"),
        (len(parts) > 2, f"import from slipway.{room}: its __init__ has the names for other rooms"),
        (ROW.get(room, 0) >= ROW[statement.room], f"a room may import the rows before its own only, {room} is later"),
    ]
    return next((reason for broken, reason in rules if broken), None)


def test_every_room_has_its_row() -> None:
    assert {path.parent.name for path in PACKAGE.glob("*/__init__.py")} == set(ROW)


def test_rooms_import_earlier_rows_only_and_no_module_of_another_room() -> None:
    assert [f"{it.path} imports {it.module}: {why}" for it in imports() if (why := objection(it))] == []


def test_the_package_itself_names_public_names_of_rooms() -> None:
    own = [statement for statement in imports() if not statement.room and statement.module.startswith("slipway")]
    assert own, "the package has public names"
    assert [it for it in own if it.module.removeprefix("slipway.") not in ROW] == []


@dataclass(frozen=True)
class Refused:
    """An import statement of a room that is refused."""

    room: str
    source: str
    says: str


@pytest.mark.parametrize(
    "case",
    [
        Refused("network", "from slipway.common._checks import one_of", "import from slipway.common"),
        Refused("network", "import slipway.common._checks", "import from slipway.common"),
        Refused("common", "from slipway.task import workload", "may import the rows before its own only"),
        Refused("task", "from slipway.messaging import USE", "may import the rows before its own only"),
        Refused("network", "from slipway.network import Network", "is relative"),
        Refused("network", "from ..common import one_of", "stays in its room"),
        Refused("network", "from slipway import Network", "for programs"),
    ],
    ids=lambda case: case.source,
)
def test_such_an_import_is_refused(case: Refused) -> None:
    [statement] = imports_of(case.source, "module.py", case.room)
    assert case.says in (objection(statement) or "")


@pytest.mark.parametrize(
    "source", ["from slipway.common import one_of", "from ._limits import MAX", "import json", "import pulumi"]
)
def test_such_an_import_is_fine(source: str) -> None:
    [statement] = imports_of(source, "module.py", "messaging")
    assert objection(statement) is None


def test_every_public_name_is_found_in_the_room_that_the_type_checker_knows() -> None:
    imported = {
        alias.name: node.module
        for node in ast.walk(ast.parse((PACKAGE / "__init__.py").read_text()))
        if isinstance(node, ast.ImportFrom) and node.level == 1
        for alias in node.names
    }
    assert imported == slipway._ROOM_OF  # noqa: SLF001
    assert sorted(imported) == sorted(slipway.__all__)
    assert set(slipway.__all__) <= set(dir(slipway))
    with pytest.raises(AttributeError, match="module 'slipway' has no attribute 'Queu'"):
        slipway.Queu  # noqa: B018


@pytest.mark.parametrize(
    ("statement", "rooms"),
    [
        ("import slipway", set()),
        ("from slipway import FanOut", {"messaging", "words"}),
        ("from slipway import speed_up_program", {"program"}),
    ],
)
def test_a_program_imports_the_rooms_that_it_uses_and_no_other(statement: str, rooms: set[str]) -> None:
    shown = "; import sys; print(*{name.split('.')[1] for name in sys.modules if name.startswith('slipway.')})"
    done = subprocess.run([sys.executable, "-c", statement + shown], capture_output=True, text=True, check=True)
    # Room dynamic knows the earlier paths of classes in stacks' state, and needs the others.
    always = {"common", "credentials", "dynamic"}
    assert {name for name in done.stdout.split() if not name.startswith("_")} == rooms | always
