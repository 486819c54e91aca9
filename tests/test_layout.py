"""The layout of the whole repository: small folders, names that hide no library, tests that stand alone."""

import ast
import collections
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
MOST_MODULES = 15  # in one folder, `__init__` counts
MOST_LINES, MOST_LINES_OF_TESTS = 250, 300


def modules() -> list[Path]:
    """Python files of the checkout, tracked or new, relative to it."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "*.py"]
    listed = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout.split()
    return sorted({Path(name) for name in listed if (CHECKOUT / name).exists()})


def imported(path: Path) -> Iterator[str]:
    """Absolute names of the modules that a file imports."""
    for node in ast.walk(ast.parse((CHECKOUT / path).read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def is_library(name: str) -> bool:
    """Whether a top-level name is an installed library, neither Python's own nor this project's."""
    if name in sys.stdlib_module_names:
        return False
    found = importlib.util.find_spec(name)
    places = [found.origin, *(found.submodule_search_locations or [])] if found else []
    return any(place is not None and "site-packages" in Path(place).parts for place in places)


def test_no_folder_has_more_modules_than_a_reader_can_hold() -> None:
    counts = collections.Counter(path.parent for path in modules())
    crowded = {str(folder): count for folder, count in counts.items() if count > MOST_MODULES}
    assert crowded == {}, "a folder is a subject: cut it into two subjects"


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    lines = {str(path): (CHECKOUT / path).read_text().count("\n") for path in modules()}
    limits = {name: MOST_LINES_OF_TESTS if name.startswith("tests/") else MOST_LINES for name in lines}
    assert {name: count for name, count in lines.items() if count > limits[name]} == {}, "cut it by subject"


def test_no_module_or_folder_has_the_name_of_a_library() -> None:
    libraries = {name for path in modules() for whole in imported(path) if is_library(name := whole.partition(".")[0])}
    assert {"pulumi", "pytest"} <= libraries
    named = [path for path in modules() if libraries & {path.stem, *path.parent.parts}]
    assert [str(path) for path in named] == [], "a reader cannot tell an import of it from one of the library"


def test_nothing_in_tests_imports_a_test() -> None:
    tests = [path for path in modules() if path.parts[0] == "tests"]
    borrowed = [
        f"{path} imports {name}"
        for path in tests
        for name in imported(path)
        if name.startswith("tests.") and any(part.startswith("test_") for part in name.split("."))
    ]
    assert borrowed == [], "helpers of tests live in tests/support"


def test_no_file_holds_the_marks_of_an_unfinished_merge() -> None:
    found = subprocess.run(
        ["git", "grep", "--files-with-matches", "--extended-regexp", "^(<{7}|>{7}) "],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.returncode, found.stdout) == (1, ""), "git grep ends with 1 where it finds nothing"
