"""Numbers in arguments.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
"""

from ._checks import ArgumentError, spelled

LOG_RETENTION_DAYS = 30
ALLOWED_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
LARGEST_NUMBER = 2**53  # from here on, the floats of the plugin host skip whole numbers


def whole_number(who: str, argument: str, value: float, bounds: tuple[int, int], fix: str = "") -> int:
    """Whole number within bounds, both included; the plugin host passes integers as floats."""
    low, high = bounds
    if not is_whole(value) or not low <= value <= high:
        hint = f"; {fix}" if fix else ""
        raise ArgumentError(f"{who}: {argument} must be a whole number {low}-{high}, got {spelled(value)}{hint}")
    return int(value)


def is_whole(value: float) -> bool:
    """Whether a number has no fraction; an int may be beyond every float."""
    return isinstance(value, int) or value.is_integer()


def finite_number(who: str, argument: str, value: float) -> float:
    """A number that a float holds exactly, neither infinite nor NaN."""
    if not abs(value) <= LARGEST_NUMBER:
        raise ArgumentError(f"{who}: {argument} must be a number up to {LARGEST_NUMBER}, got {spelled(value)}")
    return float(value)


def whole_if_possible(value: float) -> float:
    """80 for 80.0, and 80.5 as it is."""
    return int(value) if is_whole(value) else value
