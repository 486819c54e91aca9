"""A container's `environmentFiles`, from moto's S3.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html
"""

from collections.abc import Sequence

from moto.core.exceptions import ServiceException
from moto.s3.models import s3_backends

from slipway_sandbox.runtime.containers.definitions import EnvironmentFile
from slipway_sandbox.runtime.containers.specs import TaskError


def variables(files: Sequence[EnvironmentFile], account: str) -> dict[str, str]:
    """Variables of the files; of two of one name the first counts. Raises TaskError as ECS words it."""
    found: dict[str, str] = {}
    for file in files:
        for name, value in _lines(file["value"], account):
            found.setdefault(name, value)
    return found


def _lines(arn: str, account: str) -> list[tuple[str, str]]:
    partition, place = arn.split(":")[1], arn.partition(":::")[2]
    bucket, _, key = place.partition("/")
    try:
        held = s3_backends[account][partition].get_object(bucket, key)
    except (ServiceException, KeyError):
        held = None
    if held is None:
        sentence = f"file download command: non empty error stream: no object {key} in bucket {bucket}"
        raise TaskError(f"ResourceInitializationError: failed to download env files: {sentence}")
    text = held.value.decode()
    pairs = [line.partition("=") for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(name, value) for name, equals, value in pairs if equals]
