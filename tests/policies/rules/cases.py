"""The cases of every rule, gathered from one file for each module of rules."""

import importlib

from slipway_policies.rules import SUBJECTS
from tests.support.policies.graph_samples import GraphCase
from tests.support.policies.samples import Case

_TABLES = {subject: importlib.import_module(f"tests.policies.rules.{subject}").CASES for subject in SUBJECTS}
CASES: list[Case] = [case for subject, cases in _TABLES.items() if not subject.startswith("graph.") for case in cases]
GRAPH_CASES: list[GraphCase] = [
    case for subject, cases in _TABLES.items() if subject.startswith("graph.") for case in cases
]
