"""Builds a program of the engine from its Go module, where the official release cannot be downloaded.

Go's module and build caches keep finished work, so an interrupted build continues where it stopped.
Versions and hashes are in go.mod and go.sum of the folders beside this module; the build may not change them.
"""

import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from setup.engine.console import EngineError, say
from setup.engine.release import VERSION

FLAGS = ["-mod=readonly", "-tags=osusergo,grpcnotrace"]
SWITCHING_GO = (1, 21, 0)  # from here on Go fetches the newer Go that a module asks for, unless told not to
PROGRESS_SECONDS = 5.0


@dataclass(frozen=True)
class Program:
    """A program to build, and the folder that pins its module."""

    name: str
    """As sentences name it."""
    executable: str
    """File name in `<root>/bin`."""
    module: Path
    """Folder with go.mod and go.sum."""
    package: str
    """Go package of its `main`."""
    variables: Mapping[str, str]
    """Go variables that the linker sets, such as the one of the release."""
    version: str
    """Release, such as 3.259.0."""
    otherwise: str = "or the Pulumi CLI itself (https://www.pulumi.com/docs/install)"
    """What to do where there is no Go; it ends a sentence that says to install one."""


CLI = Program(
    "Pulumi CLI",
    "pulumi",
    Path(__file__).parent / "cli",
    "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    {"github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": f"v{VERSION}"},
    VERSION,
)


def install(root: Path, program: Program = CLI) -> None:
    """Puts the program into `<root>/bin` in one rename. Raises EngineError when there is no Go or the build fails."""
    go = usable_go(program)
    binaries = root / "bin"
    binaries.mkdir(parents=True, exist_ok=True)
    for leftover in binaries.glob(f".{program.executable}.*"):
        leftover.unlink()
    target = binaries / f".{program.executable}.{os.getpid()}"
    linker = " ".join(["-w -s", *(f"-X {name}={value}" for name, value in program.variables.items())])
    counter = Counter(go, program)
    try:
        with counter.reported():
            counter.count()
            counter.run(["build", *FLAGS, "-v", "-ldflags", linker, "-o", str(target), program.package])
        target.replace(binaries / program.executable)
    finally:
        target.unlink(missing_ok=True)


def usable_go(program: Program = CLI) -> str:
    """Path of a Go new enough to build the program. Raises EngineError when there is none."""
    minimum = required_go(program)
    name = ".".join(str(part) for part in minimum)
    go = shutil.which("go")
    if go is None:
        raise EngineError(
            f"no Go on PATH to build the {program.name} with; install Go {name} or newer (https://go.dev/dl), "
            f"{program.otherwise}"
        )
    done = subprocess.run([go, "env", "GOVERSION", "GOTOOLCHAIN"], cwd="/", capture_output=True, text=True, check=False)
    lines = [*done.stdout.split("\n"), "", ""]
    version = go_version(lines[0])
    if version is None or (version < minimum and (version < SWITCHING_GO or lines[1].strip() == "local")):
        raise EngineError(
            f"building the {program.name} needs Go {name} or newer, {go} is {lines[0] or 'of an unknown version'}; "
            f"install a newer one (https://go.dev/dl), {program.otherwise}"
        )
    return go


def required_go(program: Program = CLI) -> tuple[int, int, int]:
    """The version in go.mod's `go` line."""
    match = re.search(r"^go (\S+)$", (program.module / "go.mod").read_text(encoding="utf-8"), re.MULTILINE)
    version = go_version(f"go{match[1]}") if match else None
    if version is None:
        raise EngineError(f"{program.module / 'go.mod'} has no go line; restore it from version control")
    return version


def go_version(text: str) -> tuple[int, int, int] | None:
    """ "go1.26.8" as (1, 26, 8); None for any other text."""
    match = re.match(r"go(\d+)\.(\d+)(?:\.(\d+))?", text.strip())
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else None


class Counter:
    """Runs go commands and says every few seconds how far they are."""

    def __init__(self, go: str, program: Program = CLI) -> None:
        self._go = go
        self._program = program
        self._began = time.monotonic()
        self._downloaded = self._compiled = 0
        self._total: int | None = None

    def count(self) -> None:
        """Downloads the modules and finds out how many packages are still to be compiled."""
        stale = self.run(["list", *FLAGS, "-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}", self._program.package])
        self._total = len(stale)

    def run(self, arguments: list[str]) -> list[str]:
        """Runs go to its end and returns the lines of its stdout. Raises EngineError with go's own last words."""
        # No C compiler is needed, and the settings of a surrounding workspace do not count.
        environment = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off", "GOFLAGS": ""}
        messages: list[str] = []
        with subprocess.Popen(
            [self._go, *arguments],
            cwd=self._program.module,
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
                f"`go {arguments[0]}` of the {self._program.name} failed: {words}; set GOPROXY if modules cannot be reached, and run again"
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
            f"building the {self._program.name} {self._program.version} with Go; this takes minutes the first time, and an interrupted build continues where it stopped"
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
        say(f"built the {self._program.name} {self._program.version} in {time.monotonic() - self._began:.0f} s")

    def progress(self) -> str:
        """One line: seconds so far, and packages compiled of those to compile, or modules downloaded."""
        seconds = f"{time.monotonic() - self._began:.0f} s"
        if self._total is None:
            return f"{seconds}: {self._downloaded} modules downloaded"
        if self._compiled >= self._total:
            return f"{seconds}: {self._compiled} packages compiled, linking"
        return f"{seconds}: {self._compiled} of {self._total} packages compiled"
