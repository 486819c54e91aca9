"""Corrections of moto 5.2.5, a module or folder for each service of AWS; `install` makes them in this process.

Moto reads its environment when it is imported, so its modules are imported by `install` and not by this one.
"""

import importlib
import pkgutil

from slipway_sandbox.corrections import _decorator
from slipway_sandbox.corrections._decorator import Correction

__all__ = ["Correction", "declared", "install", "remove"]


def install() -> None:
    """Corrects moto's classes, for calls over HTTP and in process; a second call changes nothing."""
    _declare_all()
    _decorator.apply()


def remove() -> None:
    """Takes all corrections back, until `install` is called again."""
    _decorator.remove()


def declared() -> list[Correction]:
    """Every correction, by service and target."""
    _declare_all()
    return _decorator.declared()


def _declare_all() -> None:
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        if not module.name.endswith(".__main__"):
            importlib.import_module(module.name)
