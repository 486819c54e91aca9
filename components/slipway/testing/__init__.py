"""Unit tests of programs with components: mocks that answer every look-up, and what was registered, by type and name."""

from ._build import build
from ._mocks import Answer, Mocks, UnansweredError
from ._recording import NotRegisteredError, Recording, Registered

__all__ = ["Answer", "Mocks", "NotRegisteredError", "Recording", "Registered", "UnansweredError", "build"]
