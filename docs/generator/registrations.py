"""Reads the recorded registrations of each component: the files in tests/*/golden.

A file holds the registrations of one sample: `<Component>.fewest.txt` of the fewest arguments, the others of more.
"""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
SAMPLE_NAME = "shop"  # the component's name in every sample
FEWEST = "fewest"
REGISTRATION = re.compile(r"^(\S+): (\S+(?: > \S+)+)$")
ARGUMENT = re.compile(r"^  (\w+): (.*)$")
LOOKUP = re.compile(r"^lookup (\w+): ")


@dataclass(frozen=True)
class Sample:
    """The registrations of one component with one set of arguments."""

    arguments: dict[str, str]
    """The component's own arguments: a text as it is, everything else as JSON."""
    names: dict[str, list[str]]
    """Resource type to the logical names of its resources."""
    lookups: frozenset[str]

    @property
    def counts(self) -> Counter[str]:
        """Resource type to the number of its resources."""
        return Counter({kind: len(names) for kind, names in self.names.items()})


@dataclass(frozen=True)
class Registrations:
    """The samples of one component."""

    fewest: Sample
    others: tuple[Sample, ...]

    def most(self, kind: str) -> int:
        """Largest number of resources of a type in one sample."""
        return max(it.counts[kind] for it in (self.fewest, *self.others))

    def kinds(self) -> list[str]:
        """Every resource type of every sample, sorted."""
        return sorted({kind for it in (self.fewest, *self.others) for kind in it.names})

    def lookups(self) -> list[str]:
        """Every lookup of every sample, sorted."""
        return sorted({name for it in (self.fewest, *self.others) for name in it.lookups})


def registrations(component: str) -> Registrations:
    """The recorded samples of a component."""
    files = {path.name.split(".")[1]: path for path in CHECKOUT.glob(f"tests/*/golden/{component}.*.txt")}
    if FEWEST not in files:
        raise FileNotFoundError(
            f"no tests/*/golden/{component}.{FEWEST}.txt; give {component} a sample and run make docs"
        )
    fewest = sample(files.pop(FEWEST).read_text())
    return Registrations(fewest, tuple(sample(files[case].read_text()) for case in sorted(files)))


def sample(text: str) -> Sample:
    """One file's registrations; the first block is the component itself."""
    component, *lines = text.splitlines()
    if not REGISTRATION.match(component):
        raise ValueError(f"{component!r} is no registration of a component")
    arguments: dict[str, str] = {}
    names: dict[str, list[str]] = {}
    for line in lines:
        if found := REGISTRATION.match(line):
            names.setdefault(found[2].rpartition(" > ")[2], []).append(found[1])
        elif not names and (found := ARGUMENT.match(line)):
            arguments[found[1]] = found[2]
    lookups = frozenset(found[1] for line in lines if (found := LOOKUP.match(line)))
    return Sample(arguments, names, lookups)
