"""Property maps with secrets: opened for the provider's work, and sealed again for the engine."""

from collections.abc import Iterator
from contextlib import contextmanager

from google.protobuf import struct_pb2

from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.errors import IncompleteResourceError, ProviderError
from slipway_sandbox.provider.protocol.wire import Properties, Value


def opened(struct: struct_pb2.Struct) -> tuple[dict[str, Value], set[str]]:
    """The values, and the names of the secret ones."""
    values = wire.from_struct(struct)
    return wire.plain(values), {name for name, value in values.items() if wire.has_secret(value)}


def sealed(values: Properties, secrets: set[str]) -> struct_pb2.Struct:
    """The values for the engine, with these names secret."""
    return wire.to_struct(wire.seal(values, secrets | {"tagsAll"} if "tags" in secrets else secrets))


@contextmanager
def named(label: str, secrets: set[str]) -> Iterator[None]:
    """Adds the resource's label to the text of an error, and keeps the secrets of an incomplete one."""
    try:
        yield
    except IncompleteResourceError as error:
        properties, inputs = (wire.seal(part, secrets) for part in (error.properties, error.inputs))
        raise IncompleteResourceError(f"{label}: {error}", error.id, properties, inputs) from error
    except ProviderError as error:
        raise ProviderError(f"{label}: {error}") from error
