"""Gets the sandbox's Kubernetes control plane onto this machine: `python3 -m setup.control_plane [status]`.

Each program that is missing is downloaded where its release can be reached, else built from its Go module, once, into the
user's cache. `status` only says whether they are there. Exit code 1: one sentence names the missing thing and the fix.
"""

import signal
import sys
import time

from setup.control_plane import download, release
from setup.disk_space import require_mib
from setup.engine import build
from setup.engine.console import EngineError, exclusive, say
from setup.machine import MachineError

GO_MIB = 6000  # Go's caches and the programs, where they are built


def install() -> None:
    """Installs what is missing. Raises EngineError or MachineError."""
    root = release.programs_folder().parent
    if not release.missing():
        return
    with exclusive(root.parent / "install.lock"):
        is_released = True
        for program in release.missing():  # another process may have installed some while this one waited
            is_released = is_released and download.install(root, program)
            if not is_released:
                require_mib(root, GO_MIB, f"the build of {program.name}")
                build.install(root, program)


def status() -> str:
    """One line: whether the control plane is there, and how to get it."""
    names = ", ".join(program.name for program in release.missing())
    if names:
        return f"The tests of the sandbox's EKS did not run: this machine lacks {names}; run make ready-eks, then the tests again"
    return f"The tests of the sandbox's EKS ran with Kubernetes {release.VERSION}"


def main(arguments: list[str]) -> int:
    """Runs the command and returns its exit code."""
    if arguments == ["status"]:
        print(status())
        return 0
    if arguments:
        say("usage: python3 -m setup.control_plane [status]")
        return 2
    began = time.monotonic()
    install()
    say(f"Kubernetes {release.VERSION} in {release.programs_folder()}, ready in {time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what an interrupt cleans up, a termination does, too
    try:
        sys.exit(main(sys.argv[1:]))
    except (EngineError, MachineError) as error:
        sys.exit(f"control plane: {error}")
    except KeyboardInterrupt:
        print("control plane: interrupted; run it again, it continues where it stopped", file=sys.stderr)
        sys.exit(130)
