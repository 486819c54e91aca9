"""Objects and their versions."""

from moto.s3.models import FakeDeleteMarker, FakeKey

from slipway_sandbox.corrections._decorator import adds, corrects


@adds(
    FakeDeleteMarker,
    why="moto breaks when a version is deleted that is a delete marker, so that a bucket of versions cannot be emptied; S3 deletes it.",
)
def dispose(self: FakeDeleteMarker) -> None:
    """A marker holds no buffer."""


@corrects(
    FakeKey.__del__,
    why="moto copies every object to list versions, and warns of the copies because it leaves them open; here they are closed.",
)
def close_at_the_end(_: object, self: FakeKey) -> None:
    self.dispose()
