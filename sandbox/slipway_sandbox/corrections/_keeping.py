"""Values of the corrections on moto's objects, under names unknown to moto: they are saved and deleted with the object."""

from typing import TypeVar

Kept = TypeVar("Kept")


def kept(holder: object, name: str, default: Kept) -> Kept:
    """The value kept on the object under this name, of the default's type; the default where nothing is kept."""
    value = vars(holder).get(name, default)
    return value if isinstance(value, type(default)) else default


def keep(holder: object, name: str, value: object) -> None:
    """Keeps a value on the object."""
    setattr(holder, name, value)


def kept_table(holder: object, name: str, of: dict[str, Kept]) -> dict[str, Kept]:
    """The table kept on the object under this name; the given one where there is none yet."""
    value = kept(holder, name, of)
    if value is of:
        keep(holder, name, of)
    return value
