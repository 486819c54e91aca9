"""Conditions of a listener rule: checked, in AWS's form, and sorted for the priority.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pulumi_aws import lb

from slipway.common import Arguments, cidr_block, distinct, not_empty

from ._rule_priority import Conditions

LONGEST_VALUE = 128
HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}")


class Form(NamedTuple):
    """The form of a condition's values."""

    pattern: re.Pattern[str]
    rule: str
    example: str


ANYTHING = re.compile(r".+")
FORMS = {
    "host_headers": Form(
        re.compile(r"[A-Za-z0-9.*?-]*\.[A-Za-z*?]+"),
        "a host name with a dot, where * is any text and ? one character",
        "*.example.com",
    ),
    "path_patterns": Form(
        re.compile(r"[/*][A-Za-z0-9_.$/~\"'@:+&*?-]*"),
        "a path that begins with / or *, of letters, digits and _-.$/~\"'@:+&*?",
        "/orders/*",
    ),
    "http_request_methods": Form(re.compile(r"[A-Z_-]{1,40}"), "a method in capitals, such as GET", "GET"),
    "source_cidr_blocks": Form(ANYTHING, "an IPv4 network", "203.0.113.0/24"),
    "http_headers": Form(ANYTHING, "a text", "*"),
    "query_strings": Form(ANYTHING, "a text", "*"),
}
BY_NAME = ("http_headers", "query_strings")  # mappings of a name to values


@dataclass(frozen=True)
class RuleConditions:
    """The conditions of a rule, as the caller wrote them."""

    host_headers: Sequence[str] = ()
    path_patterns: Sequence[str] = ()
    http_headers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    query_strings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    http_request_methods: Sequence[str] = ()
    source_cidr_blocks: Sequence[str] = ()

    def aws_conditions(self) -> list[lb.ListenerRuleConditionArgsDict]:
        """The conditions in AWS's form."""
        conditions: list[lb.ListenerRuleConditionArgsDict] = []
        if self.host_headers:
            conditions.append({"host_header": {"values": self.host_headers}})
        if self.path_patterns:
            conditions.append({"path_pattern": {"values": self.path_patterns}})
        for name, values in sorted(self.http_headers.items()):
            conditions.append({"http_header": {"http_header_name": name, "values": values}})
        for key, values in sorted(self.query_strings.items()):
            conditions.append({"query_strings": [{"key": key, "value": value} for value in values]})
        if self.http_request_methods:
            conditions.append({"http_request_method": {"values": self.http_request_methods}})
        if self.source_cidr_blocks:
            conditions.append({"source_ip": {"values": self.source_cidr_blocks}})
        return conditions

    @property
    def count(self) -> int:
        """Number of values over all conditions."""
        values = self.ordered()
        return len(values.hosts) + len(values.paths) + len(values.more)

    def ordered(self) -> Conditions:
        """The conditions in one order, for comparison and for the priority."""
        others = [
            *((f"http_headers.{name}", values) for name, values in self.http_headers.items()),
            *((f"query_strings.{key}", values) for key, values in self.query_strings.items()),
            ("http_request_methods", self.http_request_methods),
            ("source_cidr_blocks", self.source_cidr_blocks),
        ]
        return Conditions(
            tuple(sorted(host.lower() for host in self.host_headers)),
            tuple(sorted(self.path_patterns)),
            tuple(sorted(f"{label} {value}" for label, values in others for value in values)),
        )


def rule_conditions(arguments: Arguments) -> RuleConditions:
    """Check the conditions of one rule; their number is checked with the rule."""
    headers = arguments.nested("http_headers")
    for name in headers.values if headers else ():
        if not HEADER.fullmatch(name) or name.lower() == "host":
            fix = "use host_headers" if name.lower() == "host" else "give a header's name, at most 40 characters"
            raise arguments.error("http_headers", f"must not contain {name!r}; {fix}")
    for key, form in FORMS.items():
        if key not in BY_NAME:
            check_values(arguments, key, form)
        elif (nested := arguments.nested(key)) is not None:
            for name in nested.values:
                check_values(nested, name, form)
    for index, block in enumerate(arguments.texts("source_cidr_blocks")):
        cidr_block(arguments.who, arguments.label(f"source_cidr_blocks[{index}]"), block)
    return RuleConditions(
        host_headers=arguments.texts("host_headers"),
        path_patterns=arguments.texts("path_patterns"),
        http_headers=values_by_name(arguments, "http_headers"),
        query_strings=values_by_name(arguments, "query_strings"),
        http_request_methods=arguments.texts("http_request_methods"),
        source_cidr_blocks=arguments.texts("source_cidr_blocks"),
    )


def check_values(arguments: Arguments, key: str, form: Form) -> None:
    """Check the values of one condition: at least one, distinct, each of the condition's form."""
    if not arguments.has(key):
        return
    values = arguments.texts(key)
    not_empty(arguments.who, arguments.label(key), values, form.example)
    for index, value in enumerate(values):
        if not form.pattern.fullmatch(value) or len(value) > LONGEST_VALUE:
            rule = f"must be {form.rule}, at most {LONGEST_VALUE} long"
            raise arguments.error(f"{key}[{index}]", f"{rule}, got {value!r}")
    distinct(arguments.who, arguments.label(key), values)


def values_by_name(arguments: Arguments, key: str) -> Mapping[str, Sequence[str]]:
    """A mapping of header or query string names to values."""
    nested = arguments.nested(key)
    return {} if nested is None else {name: nested.texts(name) for name in nested.values}
