"""Whether a deployment landed: ECS's answers to a judgement, and a failed one to the lines that explain it."""

from ._evidence import Aws, NotAnsweredError, clients, seen
from ._judgement import Answer, Judgement, Outcome, judge, revision
from ._verdict_text import tersely, unhealthy_targets, verdict_text

__all__ = [
    "Answer",
    "Aws",
    "Judgement",
    "NotAnsweredError",
    "Outcome",
    "clients",
    "judge",
    "revision",
    "seen",
    "tersely",
    "unhealthy_targets",
    "verdict_text",
]
