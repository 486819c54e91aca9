"""Packages of a program's interpreter, and their provider plugins."""

import base64
import json
import os
import re
import subprocess
from pathlib import Path

from .packages import Package, Plugin
from .protocol import language, plugin
from .toolchain import Project, ToolchainError

WITHOUT_PLUGIN = {"pulumi-policy", "pulumi-esc-sdk"}  # older releases of these do not say so themselves
VERSION = re.compile(r"(\d+(?:\.\d+)*)(?:(a|b|rc)(\d+))?(\.post\d+)?(\.dev\d+)?")
PRERELEASE = {"a": "alpha", "b": "beta", "rc": "rc"}


def installed(project: Project, *, with_requirements: bool = False) -> list[Package]:
    """The distributions of the project's interpreter, as packages.py prints them."""
    script = str(Path(__file__).with_name("packages.py"))
    arguments = [project.python, script, *(["--requirements"] if with_requirements else [])]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ToolchainError(f"{project.python} cannot list its packages: {done.stderr.strip()}")
    packages: list[Package] = json.loads(done.stdout)
    return packages


def required_packages(project: Project) -> "list[plugin.PackageDependency]":
    """One PackageDependency for each installed package with a provider plugin.

    Empty under PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: the list serves to acquire plugins, and `pulumi package
    get-schema` would download them in spite of the variable.
    """
    if os.environ.get("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "").lower() in ("1", "true"):
        return []
    dependencies = (_dependency(package) for package in installed(project))
    return [dependency for dependency in dependencies if dependency is not None]


def _dependency(package: Package) -> "plugin.PackageDependency | None":
    name = package["name"]
    if name in WITHOUT_PLUGIN or (package["plugin"] is None and not name.startswith("pulumi-")):
        return None
    described: Plugin = package["plugin"] if package["plugin"] is not None else {"resource": True}
    version = described.get("version") or plugin_version(package["version"])
    if not described.get("resource") or version is None:
        return None
    result = plugin.PackageDependency(
        name=described.get("name") or name.removeprefix("pulumi-"),
        kind="resource",
        version=version if version.startswith("v") else f"v{version}",
        server=described.get("server", ""),
    )
    for parameters, field in (
        (described.get("parameterization"), result.parameterization),
        (described.get("extensionParameterization"), result.extension),
    ):
        if parameters:
            field.name, field.version = parameters["name"], parameters["version"]
            field.value = base64.b64decode(parameters.get("value", ""))
    return result


def plugin_version(version: str) -> str | None:
    """Python version to plugin version; None when no plugin version can match.

    Source: https://peps.python.org/pep-0440/ to https://semver.org: 1.0 is 1.0.0, 1.2.3rc4 is 1.2.3-rc.4, 1.2.3.post4 is
    1.2.3+post4.
    """
    match = VERSION.fullmatch(version)
    if match is None:
        return None
    release, letter, number, post, dev = match.groups()
    numbers = [*release.split("."), "0", "0"][: max(3, release.count(".") + 1)]
    suffix = f"-{PRERELEASE[letter]}.{number}" if letter else ""
    build = "".join(part.removeprefix(".") for part in (post, dev) if part)
    return ".".join(numbers) + suffix + (f"+{build}" if build else "")


def program_dependencies(project: Project, *, transitive: bool) -> "list[language.DependencyInfo]":
    """One DependencyInfo per installed package; without `transitive`, leaves out packages required by another."""
    packages = installed(project, with_requirements=not transitive)
    required = {name for package in packages for name in package["requires"]}
    return [
        language.DependencyInfo(name=package["name"], version=package["version"])
        for package in packages
        if package["name"] not in required
    ]
