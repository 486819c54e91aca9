"""The verdict on a deployment: the AWS provider's answers, a judgement, and the text about a failure."""

from ._questions import PASSING
from ._verdict import Deployment, verdict
from ._verdict_text import advice, tersely

__all__ = ["PASSING", "Deployment", "advice", "tersely", "verdict"]
