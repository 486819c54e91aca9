"""Builds the CLI from its Go module, where the official release cannot be downloaded.

Go's module and build caches keep finished work, so an interrupted build continues where it stopped.
Versions and hashes are in cli/go.mod and cli/go.sum beside this module; the build may not change them.
"""

import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from setup.engine.console import EngineError, say
from setup.engine.release import VERSION

MODULE = Path(__file__).parent / "cli"
PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
FLAGS = ["-mod=readonly", "-tags=osusergo,grpcnotrace"]
LINKER = f"-w -s -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{VERSION}"
SWITCHING_GO = (1, 21, 0)  # from here on Go fetches the newer Go that a module asks for, unless told not to
PROGRESS_SECONDS = 5.0


def install(root: Path) -> None:
    """Puts `<root>/bin/pulumi` in place in one rename. Raises EngineError when there is no Go or the build fails."""
    go = usable_go()
    binaries = root / "bin"
    binaries.mkdir(parents=True, exist_ok=True)
    for leftover in binaries.glob(".pulumi.*"):
        leftover.unlink()
    target = binaries / f".pulumi.{os.getpid()}"
    counter = Counter(go)
    try:
        with counter.reported():
            counter.count()
            counter.run(["build", *FLAGS, "-v", "-ldflags", LINKER, "-o", str(target), PACKAGE])
        target.replace(binaries / "pulumi")
    finally:
        target.unlink(missing_ok=True)


def usable_go() -> str:
    """Path of a Go new enough to build the CLI. Raises EngineError when there is none."""
    minimum = required_go()
    name = ".".join(str(part) for part in minimum)
    go = shutil.which("go")
    if go is None:
        raise EngineError(
            f"no Go on PATH to build the Pulumi CLI with; install Go {name} or newer (https://go.dev/dl), "
            "or the Pulumi CLI itself (https://www.pulumi.com/docs/install)"
        )
    done = subprocess.run([go, "env", "GOVERSION", "GOTOOLCHAIN"], cwd="/", capture_output=True, text=True, check=False)
    lines = [*done.stdout.split("\n"), "", ""]
    version = go_version(lines[0])
    if version is None or (version < minimum and (version < SWITCHING_GO or lines[1].strip() == "local")):
        raise EngineError(
            f"building the Pulumi CLI needs Go {name} or newer, {go} is {lines[0] or 'of an unknown version'}; "
            "install a newer one (https://go.dev/dl), or the Pulumi CLI itself (https://www.pulumi.com/docs/install)"
        )
    return go


def required_go() -> tuple[int, int, int]:
    """The version in go.mod's `go` line."""
    match = re.search(r"^go (\S+)$", (MODULE / "go.mod").read_text(encoding="utf-8"), re.MULTILINE)
    version = go_version(f"go{match[1]}") if match else None
    if version is None:
        raise EngineError(f"{MODULE / 'go.mod'} has no go line; restore it from version control")
    return version


def go_version(text: str) -> tuple[int, int, int] | None:
    """ "go1.26.8" as (1, 26, 8); None for any other text."""
    match = re.match(r"go(\d+)\.(\d+)(?:\.(\d+))?", text.strip())
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else None


class Counter:
    """Runs go commands and says every few seconds how far they are."""

    def __init__(self, go: str) -> None:
        self._go = go
        self._began = time.monotonic()
        self._downloaded = self._compiled = 0
        self._total: int | None = None

    def count(self) -> None:
        """Downloads the modules and finds out how many packages are still to be compiled."""
        stale = self.run(["list", *FLAGS, "-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}", PACKAGE])
        self._total = len(stale)

    def run(self, arguments: list[str]) -> list[str]:
        """Runs go to its end and returns the lines of its stdout. Raises EngineError with go's own last words."""
        # No C compiler is needed, and the settings of a surrounding workspace do not count.
        environment = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off", "GOFLAGS": ""}
        messages: list[str] = []
        with subprocess.Popen(
            [self._go, *arguments],
            cwd=MODULE,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            reader = threading.Thread(target=self._follow, args=(process, messages))
            try:
                reader.start()
                out = process.stdout.read() if process.stdout else ""
            except BaseException:
                process.terminate()  # go removes its half-written files; what is in its cache stays
                raise
            reader.join()
        if process.returncode != 0:
            words = "; ".join(line for line in messages[-3:]) or f"exit code {process.returncode}"
            raise EngineError(
                f"`go {arguments[0]}` of the Pulumi CLI failed: {words}; set GOPROXY if modules cannot be reached, and run again"
            )
        return out.split()

    def _follow(self, process: "subprocess.Popen[str]", messages: list[str]) -> None:
        with suppress(ValueError):  # an interrupted `run` closes the pipe under this thread
            for line in process.stderr or ():
                if line.startswith("go: downloading"):
                    self._downloaded += 1
                elif re.fullmatch(r"[\w.~/-]+\n", line):
                    self._compiled += 1
                else:
                    messages.append(line.strip())

    @contextmanager
    def reported(self) -> Iterator[None]:
        """Says where the work stands, every few seconds and at the end."""
        say(
            f"building the Pulumi CLI {VERSION} with Go; this takes minutes the first time, and an interrupted build continues where it stopped"
        )
        over = threading.Event()

        def report() -> None:
            while not over.wait(PROGRESS_SECONDS):
                say(self.progress())

        reporter = threading.Thread(target=report, daemon=True)
        reporter.start()
        try:
            yield
        finally:
            over.set()
            reporter.join()
        say(f"built the Pulumi CLI {VERSION} in {time.monotonic() - self._began:.0f} s")

    def progress(self) -> str:
        """One line: seconds so far, and packages compiled of those to compile, or modules downloaded."""
        seconds = f"{time.monotonic() - self._began:.0f} s"
        if self._total is None:
            return f"{seconds}: {self._downloaded} modules downloaded"
        if self._compiled >= self._total:
            return f"{seconds}: {self._compiled} packages compiled, linking"
        return f"{seconds}: {self._compiled} of {self._total} packages compiled"
