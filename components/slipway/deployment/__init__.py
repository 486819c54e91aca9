"""The verdict on a deployment: ECS's answers, a judgement, and the text about a failure."""

from ._evidence import Aws, NotAnsweredError, clients, optional_answer
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
    "optional_answer",
    "revision",
    "tersely",
    "unhealthy_targets",
    "verdict_text",
]
