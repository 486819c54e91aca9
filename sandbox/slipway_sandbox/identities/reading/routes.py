"""The operation of a REST request by method, path, query and headers, for requests that say it plainly.

moto's routers tell the same, and what this one leaves open; they take longer than the whole judgement.
Source: https://smithy.io/2.0/spec/http-bindings.html
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from moto.core.request import environ_key_for_header
from moto.core.utils import get_service_model

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment
    from moto.core.model import OperationModel, ServiceModel

LABEL = re.compile(r"\{([^}+]+)(\+?)\}")
FIXED, SEGMENT, REST = range(3)  # a path with more fixed segments is tried first
QUERY_WEIGHT, DEPRECATED_WEIGHT = 10, -5  # as moto weighs them
Query = Mapping[str, list[str]]
"""Names of a query to their values."""


@dataclass(frozen=True)
class _Candidate:
    """One of the operations that share method and path."""

    operation: "OperationModel"
    values: tuple[tuple[str, str], ...]
    """Names in the query that need this value."""
    names: frozenset[str]
    """Names that the query needs, these among them."""
    headers: frozenset[str]
    """Headers that it needs, as WSGI names them."""
    is_of_host: bool
    """Whether a part of the host is a parameter, too."""

    def takes(self, query: Query, environ: "WSGIEnvironment") -> bool:
        if not (self.names <= query.keys() and self.headers <= environ.keys()):
            return False
        return not self.values or all(query[name][0] == value for name, value in self.values)

    @property
    def weight(self) -> int:
        constraints = len(self.names) + len(self.headers)
        return QUERY_WEIGHT * constraints + (DEPRECATED_WEIGHT if self.operation.deprecated else 0)


@dataclass(frozen=True)
class _Path:
    """A path with its labels, and the operations that share it."""

    pattern: re.Pattern[str]
    labels: tuple[str, ...]
    candidates: tuple[_Candidate, ...]
    names: frozenset[str]
    """Names in the query that one of them needs."""
    headers: frozenset[str]
    """Headers that one of them needs."""
    plain: _Candidate | None
    """The one that needs none of these."""

    def candidate(self, query: Query, environ: "WSGIEnvironment") -> _Candidate | None:
        """The operation that a request means."""
        if query.keys().isdisjoint(self.names) and environ.keys().isdisjoint(self.headers):
            return self.plain
        return next((each for each in self.candidates if each.takes(query, environ)), None)


class Routes:
    """The paths of one service."""

    def __init__(self, model: "ServiceModel") -> None:
        shared: dict[tuple[str, str], list[OperationModel]] = defaultdict(list)
        for name in model.operation_names:
            operation = model.operation_model(name)
            shared[operation.http_trait.method, operation.http_trait.path].append(operation)
        self._paths: dict[str, list[_Path]] = defaultdict(list)
        for method, path in sorted(shared, key=lambda key: _rank(key[1])):
            self._paths[method].append(_path(path, shared[method, path]))

    def match(
        self, method: str, path: str, query: Query, environ: "WSGIEnvironment"
    ) -> "tuple[OperationModel, dict[str, str]] | None":
        """The operation and the labels in its path; None where moto's router has to tell."""
        for each in self._paths.get(method, ()):
            if found := each.pattern.fullmatch(path):
                candidate = each.candidate(query, environ)
                if candidate is None or candidate.is_of_host:
                    return None
                return candidate.operation, dict(zip(each.labels, map(unquote, found.groups()), strict=True))
        return None


@cache
def routes_of(service: str) -> Routes:
    """The routes of a service, by botocore's name."""
    return Routes(get_service_model(service))


def _rank(path: str) -> list[int]:
    """What sorts paths: segment by segment, the fixed ones first."""
    kinds = [SEGMENT if LABEL.search(segment) else FIXED for segment in path.strip("/").split("/")]
    return [*kinds[:-1], REST] if path.rstrip("/").endswith("}") else kinds


def _path(path: str, operations: "Iterable[OperationModel]") -> _Path:
    source, position = "", 0
    for label in LABEL.finditer(path):
        is_last = label.end() == len(path.rstrip("/"))
        source += re.escape(path[position : label.start()])
        source += "(.+?)" if label[2] else "(.*?[^/])" if is_last else "([^/]+)"
        position = label.end()
    pattern = re.compile(source + re.escape(path[position:]))
    candidates = sorted(map(_candidate, operations), key=lambda candidate: candidate.weight, reverse=True)
    return _Path(
        pattern,
        tuple(label[1] for label in LABEL.finditer(path)),
        tuple(candidates),
        names=frozenset().union(*(each.names for each in candidates)),
        headers=frozenset().union(*(each.headers for each in candidates)),
        plain=next((each for each in candidates if not each.names and not each.headers), None),
    )


def _candidate(operation: "OperationModel") -> _Candidate:
    values, shape = operation.http_trait.query_args, operation.input_shape
    return _Candidate(
        operation,
        tuple(values.items()),
        frozenset([*values, *(shape.required_query_args if shape else ())]),
        frozenset(environ_key_for_header(name) for name in (shape.required_headers if shape else ())),
        "{" in _host_prefix(operation),
    )


def _host_prefix(operation: "OperationModel") -> str:
    endpoint: object = operation.endpoint
    return str(endpoint.get("hostPrefix", "")) if isinstance(endpoint, Mapping) else ""
