"""A disk without room: nothing begins there, and an update stops while its state can still be written."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from slipway_sandbox import disk
from tests.sandbox.conftest import Box, boxed
from tests.support.sandbox.provider_driver import Driver, ProviderCallError

SIZE_MIB = disk.START_MIB + 40


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, with little more room than the sandbox asks for."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m", "slipway-test", str(tmp_path)]
    if subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("a small disk is a mount, and only root may make one")
    yield tmp_path
    subprocess.run(["umount", "--lazy", tmp_path], check=True)


@pytest.fixture
def small_box(small: Path) -> Iterator[Box]:
    with boxed(small / "home") as made:
        yield made


def fill(folder: Path, free_mib: int) -> Path:
    """Leaves so much room, and returns the file that takes the rest."""
    file = folder / "filling"
    taken = shutil.disk_usage(folder).free - free_mib * disk.MIB
    with file.open("wb") as output:
        for _ in range(taken // disk.MIB):
            output.write(bytes(disk.MIB))
    return file


def test_a_sandbox_that_would_fill_its_disk_does_not_start(small_box: Box, small: Path) -> None:
    fill(small, 150)
    assert small_box.refusal("start") == (
        f"the disk of {small_box.home.path} has 150 MiB free, and the sandbox needs 200 MiB; "
        "free some, or set SLIPWAY_SANDBOX_DIR to a directory on another disk"
    )
    assert not small_box.home.path.exists()


def test_nothing_is_created_in_the_last_of_the_room_and_the_next_try_goes_on(small_box: Box, small: Path) -> None:
    small_box.must("start")
    driver = Driver(small_box.status()["ports"]["aws"])
    try:
        kept = driver.create("aws:sqs/queue:Queue", "before", {})
        filling = fill(small, 20)
        with pytest.raises(ProviderCallError) as refused:
            driver.create("aws:sqs/queue:Queue", "after", {})
        assert re.fullmatch(
            rf"the disk of {small_box.home.path} has \d\d MiB free, and the stack's state needs 50 MiB; "
            "free some, and run the same command again",
            str(refused.value),
        )
        driver.delete(kept)
        assert small_box.must("start").startswith("The sandbox already runs: ")
        filling.unlink()
        driver.create("aws:sqs/queue:Queue", "after", {})
    finally:
        driver.close()
    assert small_box.status()["contents"] == {"SQS queues": 1}
