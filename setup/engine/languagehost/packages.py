"""Lists the packages of its own interpreter as JSON, one object per distribution.

The program's interpreter executes it at every preview, because only that interpreter finds its packages, editable ones
included. Reading the directory names takes a third of the time of importlib.metadata.
Fields: name (normalised), version, requires (normalised names, without extras), plugin (content of pulumi-plugin.json).

Source: https://packaging.python.org/en/latest/specifications/recording-installed-packages/
"""

import importlib.util
import json
import os
import re
import sys
from collections.abc import Iterator
from typing import TypedDict


class Parameterization(TypedDict, total=False):
    """Parameters of a provider plugin, in pulumi-plugin.json."""

    name: str
    version: str
    value: str


class Plugin(TypedDict, total=False):
    """Content of pulumi-plugin.json."""

    resource: bool
    name: str
    version: str
    server: str
    parameterization: Parameterization
    extensionParameterization: Parameterization


class Package(TypedDict):
    """An installed distribution."""

    name: str
    version: str
    requires: list[str]
    plugin: "Plugin | None"


REQUIREMENT = re.compile(r"^Requires-Dist:\s*([A-Za-z0-9][A-Za-z0-9._-]*)(?!.*extra\s*==)", re.MULTILINE)


def normalised(name: str) -> str:
    """A distribution's canonical name. Source: https://peps.python.org/pep-0503/"""
    return re.sub(r"[-_.]+", "-", name).lower()


def distributions() -> Iterator[tuple[str, str, str]]:
    """Module-style name, version and directory of each installed distribution, in the order of the import path."""
    for place in sys.path:
        for entry in sorted(os.listdir(place)) if os.path.isdir(place) else ():  # noqa: PTH112, PTH208
            stem, extension = os.path.splitext(entry)  # noqa: PTH122
            name, _, version = stem.partition("-")
            if extension == ".dist-info" and version:
                yield name, version, os.path.join(place, entry)  # noqa: PTH118


def plugin_file(module: str) -> "Plugin | None":
    """The parsed pulumi-plugin.json inside package `module`; None when there is none."""
    # a dotted name would import its parent package
    spec = importlib.util.find_spec(module) if module.isidentifier() else None
    for place in (spec.submodule_search_locations or ()) if spec else ():
        path = os.path.join(place, "pulumi-plugin.json")  # noqa: PTH118
        if os.path.isfile(path):  # noqa: PTH113
            with open(path, encoding="utf-8") as file:  # noqa: PTH123
                content: Plugin = json.load(file)
                return content
    return None


def requirements(directory: str) -> list[str]:
    """Normalised names of a distribution's requirements, without those of extras."""
    with open(os.path.join(directory, "METADATA"), encoding="utf-8") as file:  # noqa: PTH118, PTH123
        headers = file.read().split("\n\n", 1)[0]
    return sorted({normalised(name) for name in REQUIREMENT.findall(headers)})


def main(*, with_requirements: bool) -> None:
    """Prints the list."""
    packages: dict[str, Package] = {}
    for name, version, directory in distributions():
        if normalised(name) in packages:
            continue  # the first on the path is the one that is imported
        packages[normalised(name)] = {
            "name": normalised(name),
            "version": version,
            "requires": requirements(directory) if with_requirements else [],
            "plugin": plugin_file(name),
        }
    json.dump(list(packages.values()), sys.stdout)


if __name__ == "__main__":
    main(with_requirements="--requirements" in sys.argv)
