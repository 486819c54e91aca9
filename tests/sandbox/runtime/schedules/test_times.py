"""The times of schedules, in the sandbox: AWS's rules, as the components have them."""

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from slipway_sandbox.runtime.schedules.schedule_times import runs
from tests.support.schedule_rows import ROWS, Row

CHECKOUT = Path(__file__).parents[4]
OF_COMPONENTS = CHECKOUT / "components/slipway/schedules/_schedule_times.py"
OF_SANDBOX = CHECKOUT / "sandbox/slipway_sandbox/runtime/schedules/schedule_times.py"


def in_utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("row", ROWS, ids=[row.rule for row in ROWS])
def test_a_schedule_is_due_at_the_times_of_aws(row: Row) -> None:
    found = islice(runs(row.expression, row.time_zone, in_utc(row.start)), max(len(row.times), 1))
    assert list(found) == [in_utc(text) for text in row.times]


def test_components_and_sandbox_which_import_nothing_of_each_other_have_one_text() -> None:
    assert OF_SANDBOX.read_text() == OF_COMPONENTS.read_text(), "copy the changed one over the other"
