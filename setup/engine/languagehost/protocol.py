"""Messages and services of the protocol between the engine and a language host.

These are the generated modules of the pulumi SDK, loaded under another name: an import of `pulumi.runtime.proto` runs the
whole SDK first and doubles the host's start (0.19 s instead of 0.09 s).

Source: https://github.com/pulumi/pulumi/blob/master/proto/pulumi/language.proto
"""

import importlib
import importlib.util
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING

__all__ = ["analyzer", "language", "plugin", "services"]  # noqa: F822 - __getattr__ loads it

_NAME = "slipway_languagehost_protocol"


def _load(module: str) -> types.ModuleType:
    """One generated module, without running `pulumi/__init__.py`."""
    if _NAME not in sys.modules:
        spec = importlib.util.find_spec("pulumi")
        if spec is None or spec.origin is None:
            raise ImportError("the pulumi SDK is missing beside the language host; run `python3 -m setup.engine` again")
        package = types.ModuleType(_NAME)
        package.__path__ = [str(Path(spec.origin).parent / "runtime" / "proto")]
        codegen = types.ModuleType(f"{_NAME}.codegen")
        codegen.__path__ = [str(Path(spec.origin).parent / "runtime" / "proto" / "codegen")]
        sys.modules[_NAME] = package
        sys.modules[codegen.__name__] = codegen
    return importlib.import_module(f"{_NAME}.{module}")


if TYPE_CHECKING:
    from pulumi.runtime.proto import language_pb2 as language
    from pulumi.runtime.proto import language_pb2_grpc as services
    from pulumi.runtime.proto import plugin_pb2 as plugin
else:
    language = _load("language_pb2")
    services = _load("language_pb2_grpc")
    plugin = _load("plugin_pb2")


def __getattr__(name: str) -> types.ModuleType:
    """`analyzer`, the messages of policy packs, is loaded when a policy pack runs."""
    if name == "analyzer":
        return _load("analyzer_pb2")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
