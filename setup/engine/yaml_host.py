"""Puts Pulumi's YAML language host beside the CLI: `python3 -m setup.engine.yaml_host`. Only tests need it.

The official release has it. Where that cannot be downloaded, the host is built from its Go module: about 2.5 minutes of one
processor, once. Exit code 1: one sentence names the missing thing and the fix.

Source: https://github.com/pulumi/pulumi-yaml
"""

import shutil
import sys
from pathlib import Path

from setup.engine import build
from setup.engine.console import EngineError, exclusive, say

VERSION = "1.38.1"  # of setup/engine/yamlhost/go.mod
MODULE = "github.com/pulumi/pulumi-yaml"
HOST = build.Program(
    "YAML language host",
    "pulumi-language-yaml",
    Path(__file__).parent / "yamlhost",
    f"{MODULE}/cmd/pulumi-language-yaml",
    {f"{MODULE}/pkg/version.Version": f"v{VERSION}"},
    VERSION,
)


def ready(root: Path) -> Path | None:
    """The host for use: first on PATH, then in `<root>/bin`. None where there is none, or an earlier one of ours."""
    on_path = shutil.which(HOST.executable)
    for candidate in dict.fromkeys(
        path for path in (on_path and Path(on_path), root / "bin" / HOST.executable) if path
    ):
        if candidate.exists() and is_current(candidate):
            return candidate
    return None


def is_current(executable: Path) -> bool:
    """True for a host of an official release, and for one built here of this version.

    Go writes the modules that a program is built of into it, and `dep` before each that is not the program's own.
    Source: https://pkg.go.dev/runtime/debug#BuildInfo
    """
    content = executable.read_bytes()
    mark = f"dep\t{MODULE}\t"
    return mark.encode() not in content or f"{mark}v{VERSION}\t".encode() in content


def main(root: Path) -> int:
    """Runs the command and returns its exit code."""
    host = ready(root)
    if host is None:
        with exclusive(root / ".slipway-install.lock"):
            host = ready(root)  # another process may have built it while this one waited
            if host is None:
                build.install(root, HOST)
                host = root / "bin" / HOST.executable
    say(f"YAML language host {host}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(Path.home() / ".pulumi"))
    except EngineError as error:
        sys.exit(f"engine: {error}")
    except KeyboardInterrupt:
        print("engine: interrupted; run it again, it continues where it stopped", file=sys.stderr)
        sys.exit(130)
