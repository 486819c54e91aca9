"""`slipway policies path`: the program of the pack.

Its first line names the interpreter of its environment, so the engine can start it from any folder.
"""

import argparse
import os
import sys
from importlib.metadata import distributions
from typing import Final

DISTRIBUTION: Final = "slipway-policies"
PROGRAM: Final = "slipway-policy-pack"


def pack_path() -> str | None:
    """Absolute path of the installed program; None when this environment has no such program."""
    # All distributions of the name: a checkout on PYTHONPATH may stand before the installed one.
    files = [file for installed in distributions(name=DISTRIBUTION) for file in installed.files or ()]
    paths = [os.path.normpath(file.locate()) for file in files if file.stem == PROGRAM]
    return next((path for path in paths if os.access(path, os.X_OK)), None)


def main(arguments: list[str]) -> int:
    """Print the path; returns the exit code."""
    parser = argparse.ArgumentParser(prog="slipway policies path", description="Print the path of the policy pack.")
    parser.parse_args(arguments)
    path = pack_path()
    if path is None:
        print(
            f"slipway policies: {sys.prefix} has no program {PROGRAM}; install it again: "
            f"pip install --force-reinstall {DISTRIBUTION}",
            file=sys.stderr,
        )
        return 1
    print(path)
    return 0
