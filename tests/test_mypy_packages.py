"""mypy reads those packages of pulumi_aws that this checkout uses; of another one every name would pass for anything."""

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
SDK = "pulumi_aws"


def read_by_mypy() -> set[str]:
    """Packages and modules of the SDK that mypy follows."""
    overrides = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["overrides"]
    [followed] = [entry["module"] for entry in overrides if entry.get("follow_imports") == "normal"]
    return {module.removesuffix(".*").partition(".")[2] for module in followed}


def used(path: Path) -> Iterator[str]:
    """Names right below the SDK in a program; it is called aws, too."""
    text = path.read_text()
    for node in ast.walk(ast.parse(text)) if SDK in text else ():
        match node:
            case ast.ImportFrom(module=str(module)) if module.partition(".")[0] == SDK:
                yield from [module.split(".")[1]] if "." in module else [it.name for it in node.names]
            case ast.Import():
                yield from (it.name.split(".")[1] for it in node.names if it.name.startswith(f"{SDK}."))
            case ast.Attribute(value=ast.Name(id="aws" | "pulumi_aws"), attr=name):
                yield name


def test_every_package_that_is_used_is_read() -> None:
    spec = find_spec(SDK)
    assert spec is not None
    assert spec.origin is not None
    sdk = Path(spec.origin).parent
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    packages = {it.parent.name for it in sdk.glob("*/__init__.py")} | {it.stem for it in sdk.glob("*.py")}
    found = {name for file in listed.split() if (ROOT / file).exists() for name in used(ROOT / file)}
    assert "ec2" in found
    assert sorted(found & packages - read_by_mypy()) == [], "name them in pyproject.toml, where pulumi_aws.ec2.* stands"
    assert sorted(read_by_mypy() - packages) == [""], "the SDK itself, and no package that it does not have"
