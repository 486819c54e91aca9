"""Gets the Pulumi engine onto this machine: `python3 -m setup.engine [--install-root DIRECTORY]`.

Uses an installed `pulumi` that is new enough; else installs the official release; else builds the CLI and adds Slipway's own
Python language host. Prints the path of the `pulumi` to use on stdout, and progress on stderr. Exit code 1: one sentence
names the missing thing and the fix.
"""

import argparse
import shutil
import signal
import sys
import time
from pathlib import Path

from setup.engine import hosts, release
from setup.engine.console import EngineError, exclusive, say


def ready(root: Path) -> Path | None:
    """A CLI ready for use: first on PATH, then in `<root>/bin`. None when something must be installed."""
    on_path = shutil.which("pulumi")
    for candidate in dict.fromkeys(path for path in (on_path and Path(on_path), root / "bin" / "pulumi") if path):
        if not candidate.exists() or not release.is_new_enough(candidate):
            continue
        host = release.language_host(candidate)
        if host is not None and (hosts.is_current(root) if hosts.is_ours(host) else release.host_works(host)):
            return candidate
    return None


def install(root: Path) -> Path:
    """Install the missing parts in `<root>/bin` and return the CLI there. Raises EngineError."""
    from setup.engine import build, download  # noqa: PLC0415 - half of this command's start, and mostly nothing is to be done

    cli = root / "bin" / "pulumi"
    built = not release.is_new_enough(cli) and not download.install(root)
    if built:
        build.install(root)
    host = cli.with_name(hosts.LANGUAGE_HOST)
    # A host that an older release left behind does not go with the CLI that was built.
    if built or not host.exists() or hosts.is_ours(host) or not release.host_works(host):
        hosts.install(root)
    return cli


def main(arguments: list[str]) -> int:
    """Runs the command and returns its exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m setup.engine", description=__doc__)
    parser.add_argument(
        "--install-root",
        type=Path,
        default=Path.home() / ".pulumi",
        metavar="DIRECTORY",
        help="where bin/pulumi goes. Default: ~/.pulumi, as the official installer does",
    )
    root: Path = parser.parse_args(arguments).install_root.absolute()
    began = time.monotonic()
    cli = ready(root)
    if cli is None:
        with exclusive(root / ".slipway-install.lock"):
            # another process may have installed it while this one waited
            cli = ready(root) or install(root)
    say(f"Pulumi CLI {cli}, ready in {time.monotonic() - began:.1f} s")
    print(cli)
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what an interrupt cleans up, a termination does, too
    try:
        sys.exit(main(sys.argv[1:]))
    except EngineError as error:
        sys.exit(f"engine: {error}")
    except KeyboardInterrupt:
        print("engine: interrupted; run it again, it continues where it stopped", file=sys.stderr)
        sys.exit(130)
