"""Lists of AWS from dated files: versions, TLS policies, sizes, prices.

Each JSON file of this folder names its source and the day of its last check.
"""

import datetime
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final, TypedDict

FOLDER: Final = Path(__file__).parent
DAYS_FRESH: Final = 365  # AWS announces the end of an EKS version a year before, and adds TLS policies about yearly


class DatedList(TypedDict):
    """The common part of all lists."""

    checked: str
    """Day of the last check, such as 2026-11-25."""
    source: str
    read: str
    """Scope of the last check, as a sentence."""


class EksVersions(DatedList):
    """Kubernetes versions of EKS."""

    oldest_in_standard_support: str
    end_of_standard_support: dict[str, str]


class MemoryRange(TypedDict, total=False):
    """Memory in MiB for a number of CPU units: `one_of`, or from `lowest` to `highest` by `step`."""

    one_of: list[int]
    lowest: int
    highest: int
    step: int


class FargateSizes(DatedList):
    """Combinations of CPU and memory on Fargate."""

    memory_mib_by_cpu_units: dict[str, MemoryRange]


class TlsPolicies(DatedList):
    """Security policies of listeners."""

    allow_tls_below_1_2: list[str]
    recommended: list[str]
    """Beginnings of names."""


class Prices(DatedList):
    """Prices in US dollars."""

    read_where: dict[str, str]
    """Name of a price to its source."""
    usd_per_hour: dict[str, float]
    usd_per_hour_by_instance_type: dict[str, float]
    usd_per_month: dict[str, float]
    fargate_spot_most_discount: float


def _text(name: str) -> str:
    return (FOLDER / f"{name}.json").read_text()


@cache
def eks_versions() -> EksVersions:
    """The list in eks_versions.json."""
    content: EksVersions = json.loads(_text("eks_versions"))
    return content


@cache
def fargate_sizes() -> FargateSizes:
    """The list in fargate_sizes.json."""
    content: FargateSizes = json.loads(_text("fargate_sizes"))
    return content


@cache
def tls_policies() -> TlsPolicies:
    """The list in tls_policies.json."""
    content: TlsPolicies = json.loads(_text("tls_policies"))
    return content


@cache
def prices() -> Prices:
    """The list in prices.json."""
    content: Prices = json.loads(_text("prices"))
    return content


LISTS: Final[Mapping[str, Callable[[], DatedList]]] = {
    "eks_versions": eks_versions,
    "fargate_sizes": fargate_sizes,
    "prices": prices,
    "tls_policies": tls_policies,
}


def aged(today: datetime.date) -> list[str]:
    """One sentence for each list with its last check more than DAYS_FRESH days before `today`."""
    sentences = []
    for name, read in LISTS.items():
        checked = datetime.date.fromisoformat(read()["checked"])
        if (today - checked).days > DAYS_FRESH:
            sentences.append(f"The pack's list {name} was checked on {checked}. Fix: take a newer version of the pack.")
    return sentences
