"""Programs with a wrong word each. mypy and pyright report an ignored error that is none, and so `make lint` fails."""

# pyright: reportUnnecessaryTypeIgnoreComment=true
import typing
from collections.abc import Callable

from slipway import Bastion, BastionArgs, FargateService, FargateServiceArgs, Network
from tests.support.components.samples import BASTION
from tests.support.components.service_samples import TASK

DOOR = typing.cast("BastionArgs", {key: value for key, value in BASTION.items() if key != "public_key"})
SERVICE = typing.cast("FargateServiceArgs", TASK)
WRONG: list[Callable[[], object]] = []
WRONG.append(lambda: Network("main", {"nat": "nope"}))  # type: ignore[typeddict-item]
WRONG.append(lambda: Network("main", {"tiers": ["public", "nope"]}))  # type: ignore[list-item]
WRONG.append(lambda: Network("main", {"endpoints_for": ["FargateServices"]}))  # type: ignore[list-item]
WRONG.append(lambda: Bastion("door", {**DOOR, "access": ["nope"]}))  # type: ignore[list-item]
WRONG.append(lambda: Bastion("door", {**DOOR, "key_file": "a.pem", "key_algorithm": "dsa"}))  # type: ignore[typeddict-item]
WRONG.append(lambda: FargateService("api", {**SERVICE, "architecture": "amd64"}))  # type: ignore[typeddict-item]
WRONG.append(lambda: FargateService("api", {**SERVICE, "deployment": {"strategy": "nope"}}))  # type: ignore[typeddict-item]
