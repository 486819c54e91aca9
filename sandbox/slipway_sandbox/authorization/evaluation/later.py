"""Condition keys that are found when a statement asks for one: few statements do."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from slipway_sandbox.authorization.evaluation.patterns import Context

GLOBAL = frozenset({
    "aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:currenttime", "aws:epochtime", "aws:federatedprovider",
    "aws:multifactorauthpresent", "aws:principalaccount", "aws:principalarn", "aws:principalisawsservice",
    "aws:principalservicename", "aws:principaltype", "aws:requestedregion", "aws:resourceaccount", "aws:securetransport",
    "aws:tagkeys", "aws:userid", "aws:username", "aws:viaawsservice",
})  # fmt: skip
"""Global keys that a call itself can tell."""
TAGS = ("aws:principaltag/", "aws:requesttag/")


class Later(Mapping[str, tuple[str, ...]]):
    """Condition keys that are found when one is asked for: few statements have conditions. `given` are known already."""

    def __init__(self, find: Callable[[], Context], given: Mapping[str, tuple[str, ...]]) -> None:
        self._find, self._given = find, given

    def get(self, key: str, default: Any = None) -> Any:
        """A key's values. Every topic's policy asks for aws:SourceOwner, which no call tells: nothing is found for it."""
        if key in self._given or key in GLOBAL or not key.startswith("aws:") or key.startswith(TAGS):
            return super().get(key, default)
        return default

    @cached_property
    def _found(self) -> Context:
        return self._find()

    def __getitem__(self, key: str) -> tuple[str, ...]:
        return self._found[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)
