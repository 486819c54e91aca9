"""Installs the Python language host and the launcher of dynamic providers beside the CLI.

The host gets a virtual environment of its own, `<root>/slipway-languagehost/<version>/`: it then depends on no checkout and
on no project's environment, and starts in a tenth of a second. The version is a hash of its files, so
checkouts with different hosts install side by side, and the executable in `<root>/bin` is switched in one rename.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from setup.engine.console import EngineError, step
from setup.machine import write_whole

HERE = Path(__file__).parent
SOURCES = HERE / "languagehost"
LANGUAGE_HOST = "pulumi-language-python"
DYNAMIC_PROVIDER = "pulumi-resource-pulumi-python"
PACKAGE = "slipway_languagehost"
MARK = f"-m {PACKAGE}"  # in the launcher: tells our host from the official one
KEPT = 2  # versions left in place: a `pulumi` of another checkout may be running on the one before


def version() -> str:
    """Hash of the host's modules, requirements and launchers. Any Python makes it, whichever comes first on PATH."""
    digest = hashlib.sha256()
    for path in sorted([*SOURCES.glob("*.py"), SOURCES / "requirements.txt", *(HERE / "launchers").iterdir()]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def home(root: Path) -> Path:
    """The directory of this checkout's version of the host."""
    return root / "slipway-languagehost" / version()


def is_ours(executable: Path) -> bool:
    """True when `executable` is a launcher of a Slipway language host, of any version."""
    with executable.open("rb") as file:
        return MARK.encode() in file.read(4096)


def is_current(root: Path) -> bool:
    """True when `<root>/bin` has both executables, ours and of this checkout's version, and their Python exists."""
    place = home(root)
    launcher = root / "bin" / LANGUAGE_HOST
    return (
        launcher.exists()
        and f"'{place}/bin/python'" in launcher.read_text(encoding="utf-8", errors="replace")
        and (place / "bin" / "python").exists()
        and (root / "bin" / DYNAMIC_PROVIDER).exists()
    )


def install(root: Path) -> None:
    """Puts the host and the launcher into `<root>/bin`. Raises EngineError when its Python packages cannot be installed."""
    place = home(root)
    if not ((place / "complete").exists() and (place / "bin" / "python").exists()):
        with step("installing the Python language host"):
            shutil.rmtree(place, ignore_errors=True)
            _make_environment(place)
            _copy_package(place)
            (place / "complete").touch()
    binaries = root / "bin"
    binaries.mkdir(parents=True, exist_ok=True)
    for name in (DYNAMIC_PROVIDER, LANGUAGE_HOST):
        text = (HERE / "launchers" / name).read_text(encoding="utf-8").replace("@VENV@", str(place))
        write_whole(binaries / name, text, 0o755)
    versions = sorted((p for p in place.parent.iterdir() if p.is_dir()), key=lambda p: p.stat().st_mtime)
    for old in [path for path in versions if path != place][: -(KEPT - 1)]:
        shutil.rmtree(old)


def _make_environment(place: Path) -> None:
    requirements = str(SOURCES / "requirements.txt")
    options = ["--require-hashes", "--no-deps", "-r", requirements]
    base = str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}")
    interpreter = base if Path(base).exists() else sys.executable
    uv = os.environ.get("UV") or shutil.which("uv") or _cached_uv()
    python = str(place / "bin" / "python")
    if uv:
        _run([uv, "venv", "--quiet", "--no-project", "--python", interpreter, str(place)])
        _run([uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python, *options])
        return
    try:
        _run([interpreter, "-m", "venv", str(place)])
    except EngineError as error:
        raise EngineError(
            f"{interpreter} cannot make a virtual environment ({error}); install uv, or python3-venv (apt install python3-venv)"
        ) from error
    _run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:", *options])


def _cached_uv() -> str | None:
    """Path of the uv in the user's cache; Slipway's set-up puts it there."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return next((str(path) for path in cache.glob("slipway/uv/*/bin/uv")), None)


def _copy_package(place: Path) -> None:
    python = str(place / "bin" / "python")
    script = "import sysconfig; print(sysconfig.get_path('purelib'))"
    package = Path(_run([python, "-I", "-c", script]).strip()) / PACKAGE
    package.mkdir()
    for source in SOURCES.glob("*.py"):
        shutil.copy(source, package / source.name)
    # Bytecode is written now, whatever PYTHONDONTWRITEBYTECODE says: it halves the host's start.
    _run([python, "-I", "-m", "compileall", "-q", str(package)])


def _run(command: list[str]) -> str:
    env = {"UV_SYSTEM_CERTS": "true", **os.environ}  # uv trusts the machine's certificates, as pip does
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:] or [f"exit code {done.returncode}"]
        raise EngineError(f"`{' '.join(command[:4])} ...` failed: {last[0]}")
    return done.stdout
