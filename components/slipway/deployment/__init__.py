"""The verdict on a deployment: the AWS provider's answers, a judgement, and the text about a failure."""

from ._verdict import Deployment, verdict

__all__ = ["Deployment", "verdict"]
