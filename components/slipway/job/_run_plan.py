"""What a job asks for beyond its start: an end in time, another try after an error, no second run beside the first.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from slipway.common import Arguments, distinct, whole_number

LONGEST_RUN_SECONDS = 604800  # a week
MOST_RETRIES = 10
RETRIES = 1
INTERVAL_SECONDS = 60
INTERVAL_BOUNDS_SECONDS = (1, 86400)
EXIT_CODES = (1, 255)


@dataclass(frozen=True)
class ErrorRetries:
    """Further runs after one that ended with an error."""

    max_attempts: int
    interval_seconds: int
    exit_codes: Sequence[int]
    """Exit codes that are tried again; every one but 0 where it is empty."""


@dataclass(frozen=True)
class RunPlan:
    """What somebody has to watch a run for."""

    timeout_seconds: int | None
    retries: ErrorRetries | None
    skips_overlap: bool

    @property
    def is_watched(self) -> bool:
        """Whether a state machine has to watch the run; Scheduler only starts."""
        return self.timeout_seconds is not None or self.retries is not None or self.skips_overlap


def run_plan(arguments: Arguments) -> RunPlan:
    """Check the arguments about a run. Raises ArgumentError."""
    nested = arguments.nested("retry_on_error")
    return RunPlan(
        timeout_seconds=arguments.optional_whole_number("timeout_seconds", 1, LONGEST_RUN_SECONDS),
        retries=None if nested is None else error_retries(nested),
        skips_overlap=arguments.flag("skip_overlap"),
    )


def error_retries(arguments: Arguments) -> ErrorRetries:
    """Check the retries after an error. Raises ArgumentError."""
    label = arguments.label("exit_codes")
    if arguments.has("exit_codes") and not arguments.values["exit_codes"]:
        raise arguments.error(
            "exit_codes", "must name at least one exit code, got []; leave it out for every one but 0"
        )
    given = cast("Sequence[float]", arguments.values["exit_codes"]) if arguments.has("exit_codes") else ()
    codes = [whole_number(arguments.who, f"{label}[{index}]", code, EXIT_CODES) for index, code in enumerate(given)]
    distinct(arguments.who, label, [str(code) for code in codes])
    return ErrorRetries(
        max_attempts=arguments.whole_number("max_attempts", 1, MOST_RETRIES, RETRIES),
        interval_seconds=arguments.whole_number("interval_seconds", *INTERVAL_BOUNDS_SECONDS, default=INTERVAL_SECONDS),
        exit_codes=codes,
    )
