"""A resource of a call, and the names in its parameters."""

from dataclasses import dataclass

PATHS = ("http:", "https:", "/hostedzone/", "/change/", "/delegationset/")  # Route 53 takes ids with and without


@dataclass(frozen=True)
class Target:
    """A resource of a call."""

    arn: str
    is_known: bool = True
    """False when the ARN ends with "*", since the call does not tell the rest."""
    shown: str = ""
    """The resource as the service's message names it. Empty: by its ARN."""


def words(value: object) -> list[str]:
    """The strings of a parameter: one, or a list of them."""
    if isinstance(value, str):
        return [value]
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list | tuple) else []


def name_of(text: str) -> str:
    """The name in an ARN, URL or path: after the last slash or colon. A plain name stays as it is."""
    if text.startswith("arn:"):
        resource = text.split(":", 5)[-1]
        return resource.rpartition("/")[2] if "/" in resource else resource.rpartition(":")[2]
    return text.rpartition("/")[2] if text.startswith(PATHS) else text
