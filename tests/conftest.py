"""What every test may count on, and which tests run side by side."""

import signal

import pytest

# A shell that starts pytest in the background makes it ignore Ctrl-C, and every program that a test starts with it.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each file to one worker, for its fixtures are made once, and all that asks of the one platform to one, too."""
    for item in items:
        fixtures: tuple[str, ...] = getattr(item, "fixturenames", ())
        group = "platform" if "platform" in fixtures else item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group(group))
