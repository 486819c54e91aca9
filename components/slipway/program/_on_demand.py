"""Packages of pulumi_aws that load a module when one of its names is first used.

The first use of `pulumi_aws.ec2` loads its 180 modules, and a program needs ten of them. pulumi_aws imports its packages
lazily already: each waits in `sys.modules` for its first use. Here its loader is replaced before that.
Source: lazy_import in pulumi/_utils.py, and the __init__.py of any package of pulumi_aws, which are generated.
"""

import importlib
import re
import sys
from importlib.abc import Loader
from pathlib import Path
from types import ModuleType

import pulumi_aws
from pulumi._utils import _LazyModule

STAR = re.compile(r"from \.(\w+) import \*")
OTHER_LINES = re.compile(
    r"#.*|import builtins as _builtins|from \.\. import _utilities|import typing|from \. import outputs|"
)
EXPORTS = re.compile(r"^__all__ = \[([^]]*)\]", re.MULTILINE)
EXPORT = re.compile(r"'(\w+)'")
HEAD = 4096  # characters; a module begins with its exports


class _Package(ModuleType):
    """A package that takes each of its names from the module that exports it, as its own __init__.py does at once."""

    _modules: set[str]
    _module_of: dict[str, str]

    def __getattr__(self, name: str) -> object:
        if name == "__all__":
            return list(self._module_of)  # for `import *`
        module = name if name in self._modules else self._module_of.get(name)
        if module is None:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        imported = importlib.import_module(f"{self.__name__}.{module}")
        if name in self.__dict__:
            return self.__dict__[name]
        return imported if name == module else getattr(imported, name)  # amid its import, which asks for itself

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if isinstance(value, ModuleType) and name in self._modules:  # it was imported, here or by somebody else
            # A function may have the name of its module, and comes after it.
            exported = (it for it, module in self._module_of.items() if module == name)
            self.__dict__.update({it: getattr(value, it) for it in exported})

    def __dir__(self) -> list[str]:
        return sorted({*self.__dict__, *self._modules, *self._module_of})


class _OnDemand(Loader):
    """Makes a package one that loads on demand; `whole` is its own loader, and is asked where the package is not as known."""

    def __init__(self, whole: Loader) -> None:
        self._whole = whole

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__.loader = self._whole  # type: ignore[union-attr]  # it has a spec, for it waits to be loaded
        folder = Path(str(module.__file__)).parent
        names = module_of_each_name(folder)
        if names is None:
            self._whole.exec_module(module)
            return
        modules = {*names.values(), *(["outputs"] if (folder / "outputs.py").exists() else [])}
        module.__dict__.update(_modules=modules, _module_of=names)
        module.__class__ = _Package


def load_on_demand() -> None:
    """Replace the loader of each package of pulumi_aws that nobody has used yet."""
    for name, module in list(sys.modules.items()):
        spec = module.__spec__ if type(module) is _LazyModule else None
        if name.startswith(f"{pulumi_aws.__name__}.") and spec and spec.loader:
            spec.loader = _OnDemand(spec.loader)


def module_of_each_name(folder: Path) -> dict[str, str] | None:
    """Name that a package exports, to its module; None where its __init__.py does more than to collect them."""
    found: dict[str, str] = {}
    for line in (folder / "__init__.py").read_text(encoding="utf-8").splitlines():
        if star := STAR.fullmatch(line):
            exports = _exports(folder / f"{star[1]}.py")
            if exports is None:
                return None
            found |= dict.fromkeys(exports, star[1])
        elif not OTHER_LINES.fullmatch(line):
            return None
    return found


def _exports(path: Path) -> list[str] | None:
    """The `__all__` of a module, read from its text; None without one."""
    with path.open(encoding="utf-8") as file:
        text = file.read(HEAD)
        found = EXPORTS.search(text) or EXPORTS.search(text + file.read())
    return EXPORT.findall(found[1]) if found else None
