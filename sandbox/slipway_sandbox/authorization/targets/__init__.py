"""The resources that a call is about."""

from .general import targets_of
from .target import Target, words

__all__ = ["Target", "targets_of", "words"]
