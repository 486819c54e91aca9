#!/usr/bin/env python3
# ruff: noqa: ARG002, N802 - names and parameters of the methods are the protocol's
"""A policy pack with one policy that looks at nothing: what it costs a preview is the engine's calls and gRPC's server for Python.

`bench/policies.py` starts it, in place of the pack and in the same form.
"""

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "policies")]

from policies.__main__ import use_the_project_environment  # noqa: E402

use_the_project_environment()

from pulumi.runtime import proto  # noqa: E402
from pulumi_policy import EnforcementLevel, ResourceValidationPolicy  # noqa: E402
from pulumi_policy.policy import _PolicyAnalyzerServicer  # noqa: E402

from slipway_policies.engine.server import serve  # noqa: E402


class EmptyPack(_PolicyAnalyzerServicer):
    """Answers each call at once."""

    def __init__(self) -> None:
        nothing = ResourceValidationPolicy("nothing", "Every resource may be.", lambda _args, _report: None)
        super().__init__("empty", "0.1.0", [nothing], EnforcementLevel.ADVISORY)

    def Analyze(self, request: Any, context: Any) -> Any:
        return proto.AnalyzeResponse()

    def AnalyzeStack(self, request: Any, context: Any) -> Any:
        return proto.AnalyzeResponse()

    def Remediate(self, request: Any, context: Any) -> Any:
        return proto.RemediateResponse()


serve(EmptyPack())
