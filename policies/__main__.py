#!/usr/bin/env python3
"""Starts the policy pack for the engine: by its directory, or as an executable (`--policy-pack policies/__main__.py`).

For people, `python -m policies report` makes a page of a run's findings.

Source: https://www.pulumi.com/docs/iac/crossguard/core-concepts/
"""

import importlib.util
import os
import sys
from pathlib import Path

PACK = Path(__file__).resolve().parent


def use_the_project_environment() -> None:
    """In the executable form `env` finds any Python: continue in the project's own where this one lacks the SDK."""
    if importlib.util.find_spec("pulumi_policy") is not None:
        return
    python = PACK.parent / ".venv" / "bin" / "python"
    if Path(sys.executable) == python or not python.exists():
        raise SystemExit(
            f"policy pack 'slipway': {sys.executable} has no module pulumi_policy; "
            "run `make ready`, or activate an environment that has pulumi-policy 1.21 or later"
        )
    os.execv(python, [str(python), *sys.argv])  # noqa: S606 - replaces this process, so that the engine's pid stays


if __name__ == "__main__":
    use_the_project_environment()
    sys.path.insert(0, str(PACK))
    if sys.argv[1:2] == ["report"]:
        from slipway_policies.report.page import main

        sys.exit(main(sys.argv[2:]))
    if sys.argv[1:] and ":" not in sys.argv[1]:  # the engine's address has one
        raise SystemExit(
            f"policies: there is no command {sys.argv[1]!r} for people but report; the engine starts the pack"
        )
    from slipway_policies.engine.pack import Pack
    from slipway_policies.engine.server import Analyzer, serve
    from slipway_policies.rules import all_rules

    serve(Analyzer(Pack(all_rules())))
