"""Declares the corrections of moto, each with its reason, in one list.

A function takes the place of moto's and is given it first, or is a new operation of a class. Moto calls its own by position and by
name; the function gets by name what it does not take by position:

    @corrects(EC2ContainerServiceBackend.delete_cluster, why="moto deletes a cluster under its services; ECS refuses.")
    def delete_cluster(original: Callable[..., Cluster], self: EC2ContainerServiceBackend, cluster_str: str) -> Cluster:
        ...

    @adds(EKSResponse, why="moto has no add-ons.")
    def list_addons(self: EKSResponse) -> ActionResult:
        ...

A declaration changes nothing yet; `apply` does. Each target is corrected in one place: a second one is an error at import.
"""

import functools
import inspect
import sys
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from types import ModuleType
from typing import Protocol, TypeVar

PACKAGE = f"{__package__}."
ABSENT = object()

Function = TypeVar("Function", bound=Callable[..., object])


class _Slot(Protocol):
    """A place in moto: an attribute of a class, module or object, or an entry of a dict."""

    def read(self) -> object: ...

    def write(self, value: object) -> None: ...

    def clear(self) -> None: ...


@dataclass(frozen=True)
class Attribute:
    """An attribute of a class, a module or an object."""

    holder: object
    name: str

    def read(self) -> object:
        """The present value as the holder itself has it, without inheritance; ABSENT where it has none."""
        return vars(self.holder).get(self.name, ABSENT)

    def write(self, value: object) -> None:
        """Puts a value there."""
        setattr(self.holder, self.name, value)

    def clear(self) -> None:
        """Takes the value away."""
        delattr(self.holder, self.name)


@dataclass(frozen=True)
class Entry:
    """An entry of a dict."""

    holder: MutableMapping[str, object]
    key: str

    def read(self) -> object:
        """The present value; ABSENT where there is none."""
        return self.holder.get(self.key, ABSENT)

    def write(self, value: object) -> None:
        """Puts a value there."""
        self.holder[self.key] = value

    def clear(self) -> None:
        """Takes the value away."""
        del self.holder[self.key]


@dataclass(frozen=True)
class Correction:
    """One place where the sandbox's AWS differs from moto's."""

    service: str
    """Module or folder of the correction."""
    target: str
    """Full name of the function, attribute or entry in moto."""
    is_new: bool
    """Whether moto has nothing there."""
    why: str
    """One sentence: moto does this; AWS does the other."""
    slot: _Slot
    changed: Callable[[object], object]
    """Moto's own value to the corrected one."""


_declared: dict[str, Correction] = {}
_originals: dict[str, object] = {}


def corrects(method: Callable[..., object], *, why: str) -> Callable[[Function], Function]:
    """Declares a function in the place of moto's function, method, static method or property.

    It is given moto's own as its first argument, then the arguments of the call. Raises TypeError where it does not take what
    moto's own takes.
    """
    getter = method.fget if isinstance(method, property) else method
    module = sys.modules[str(getattr(getter, "__module__", ""))]
    *path, name = str(getattr(getter, "__qualname__", "")).split(".")
    holder: object = functools.reduce(getattr, path, module)
    slot = Attribute(holder, name)

    def declare(function: Function) -> Function:
        _check_form(getter, function)
        _declare(function.__module__, slot, why, lambda original: _around(original, function))
        return function

    return declare


def adds(cls: type, *, why: str) -> Callable[[Function], Function]:
    """Declares a function as a new method of the class, under its own name."""

    def declare(function: Function) -> Function:
        _declare(function.__module__, Attribute(cls, function.__name__), why, lambda _: function)
        return function

    return declare


def sets(holder: object, name: str, value: object, *, why: str) -> None:
    """Declares the value of an attribute of a class, a module or an object."""
    caller = str(sys._getframe(1).f_globals["__name__"])  # noqa: SLF001 - the module that declares
    _declare(caller, Attribute(holder, name), why, lambda _: value)


def sets_entry(module: ModuleType, path: str, key: str, value: object, *, why: str) -> None:
    """Declares the value of an entry of a dict, named by its path in a module."""
    caller = str(sys._getframe(1).f_globals["__name__"])  # noqa: SLF001 - the module that declares
    table = functools.reduce(getattr, path.split("."), module)
    _declare(caller, Entry(table, key), why, lambda _: value, f"{module.__name__}.{path}[{key!r}]")  # type: ignore[arg-type] # a dict, by the path's meaning


def _declare(caller: str, slot: _Slot, why: str, changed: Callable[[object], object], target: str = "") -> None:
    target = target or _name_of(slot)
    service = caller.removeprefix(PACKAGE).partition(".")[0]
    if other := _declared.get(target):
        raise ValueError(f"{target} is corrected twice: in {other.service} and in {service}; do both in one place")
    _declared[target] = Correction(service, target, slot.read() is ABSENT, why, slot, changed)


def _name_of(slot: _Slot) -> str:
    if not isinstance(slot, Attribute):
        raise TypeError(f"name the entry {slot}")
    if isinstance(slot.holder, ModuleType):
        return f"{slot.holder.__name__}.{slot.name}"
    if isinstance(slot.holder, type):
        return f"{slot.holder.__module__}.{slot.holder.__qualname__}.{slot.name}"
    return f"{type(slot.holder).__module__}.{type(slot.holder).__qualname__}.{slot.name}"


def _around(original: object, function: Callable[..., object]) -> object:
    """The function in the form of the original; the original is its first argument."""
    if isinstance(original, property):
        return property(_around(original.fget, function), original.fset, original.fdel)  # type: ignore[arg-type] # a function
    if isinstance(original, staticmethod):
        return staticmethod(_around(original.__func__, function))  # type: ignore[arg-type] # a function
    if not callable(original):
        raise TypeError(f"{function.__name__} corrects no function of moto: {original!r}")

    names, taken = list(inspect.signature(original).parameters), _taken_by_position(function)

    @functools.wraps(original)
    def corrected(*arguments: object, **named: object) -> object:
        by_name = dict(zip(names[taken:], arguments[taken:], strict=False))
        return function(original, *arguments[:taken], **by_name, **named)

    return corrected


def _taken_by_position(function: Callable[..., object]) -> int:
    """How many arguments of a call a correction takes by position."""
    kinds = [parameter.kind for parameter in inspect.signature(function).parameters.values()]
    any_number = inspect.Parameter.VAR_POSITIONAL in kinds
    return sys.maxsize if any_number else kinds.count(inspect.Parameter.POSITIONAL_OR_KEYWORD) - 1


def _check_form(original: object, function: Callable[..., object]) -> None:
    """Raises TypeError where a call of moto's function would fail at the correction, or reach another argument there."""
    wanted = [each for each in _parameters(original) if each.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
    own = _parameters(function)[1:]
    any_name = any(each.kind is inspect.Parameter.VAR_KEYWORD for each in own)
    by_name = {each.name for each in own if each.kind is inspect.Parameter.KEYWORD_ONLY}
    in_order = [each.name for each in own if each.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
    for position, parameter in enumerate(wanted):
        same_place = position >= len(in_order) or in_order[position] == parameter.name
        if not same_place or not (any_name or parameter.name in by_name.union(in_order)):
            raise TypeError(
                f"{function.__name__} corrects a function of moto with the argument {parameter.name}; take it, too"
            )


def _parameters(function: object) -> list[inspect.Parameter]:
    return list(inspect.signature(function).parameters.values())  # type: ignore[arg-type] # a function


def declared() -> list[Correction]:
    """Every correction, by service and target."""
    return sorted(_declared.values(), key=lambda correction: (correction.service, correction.target))


def apply() -> None:
    """Makes all declared corrections in this process; a second call changes nothing."""
    for target, correction in _declared.items():
        if target not in _originals:
            original = _originals[target] = correction.slot.read()
            correction.slot.write(correction.changed(original))


def remove() -> None:
    """Takes all corrections back."""
    for target, original in _originals.items():
        slot = _declared[target].slot
        if original is ABSENT:
            slot.clear()
        else:
            slot.write(original)
    _originals.clear()
