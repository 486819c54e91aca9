"""IAM and resource policies by the meaning of their statements, not by the look of their text.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

import fnmatch
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from slipway_policies.engine.registry import Deferred, Finding, Outcomes
from slipway_policies.engine.values import Value
from slipway_policies.reading.networks import covers_the_internet, parse_network

# A fixed value under one of these keys ties a request to a known account, organization, resource or network.
# aws:ViaAWSService is none of them: everybody can have a service act for him.
# Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
FIXING_KEYS: Final = frozenset(
    {
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceowner",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:userid",
    }
)
# Keys that say how or when a request is made, not by whom or on what.
HOW_AND_WHEN: Final = frozenset(
    {"aws:currenttime", "aws:epochtime", "aws:referer", "aws:securetransport", "aws:useragent", "s3:tlsversion"}
)
# Negated operators, `...IfExists` and `ForAllValues:` let requests pass that lack the key.
FIXING_OPERATORS: Final = frozenset(
    {"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress"}
)
TEXT_OPERATORS: Final = frozenset({"stringequals", "stringlike", "arnequals", "arnlike"})
EVERY_RESOURCE: Final = re.compile(r"\*+|arn\*+|arn:(\*|aws[a-z-]*\*?)(:\*+)*")


def statements(document: Value) -> Iterator[Value]:
    """The statements of a policy document; one statement may stand alone. None for a missing document.

    Raises UnreadableError for a document without statements, also for names in lower case, as AWS refuses these.
    """
    if document.absent:
        return
    if document["Statement"].absent:
        raise document.unreadable("a policy document, which has a Statement")
    yield from document["Statement"].one_or_many()


def allows(statement: Value) -> bool:
    """Whether it grants rather than denies. Raises UnreadableError where it says neither."""
    if statement["Effect"].absent:
        raise statement.unreadable("a statement, which has an Effect")
    return statement["Effect"].text().lower() == "allow"


def texts(value: Value) -> list[str]:
    """The strings of a one-or-many element; conditions take `false` and numbers without quotes as well."""
    return [_spelled(element) for element in value.one_or_many()]


def _spelled(value: Value) -> str:
    return str(value.raw).lower() if isinstance(value.raw, bool | int) else value.text()


def matches(pattern: str, text: str) -> bool:
    """Whether an action or resource pattern with `*` and `?` matches the text; case does not count."""
    return _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    # fnmatch translates without backtracking; only its character sets do not exist in policies.
    return re.compile(fnmatch.translate(pattern.replace("[", "[[]")), re.IGNORECASE)


def every_action(statement: Value) -> bool:
    """Whether it names all actions: `*`, `*:*`, or all but a few by NotAction."""
    return any(not pattern.strip("*:?") for pattern in texts(statement["Action"])) or bool(
        texts(statement["NotAction"])
    )


def every_resource(statement: Value) -> bool:
    """Whether it names all resources: `*`, `arn:*`, or all but a few by NotResource."""
    return any(EVERY_RESOURCE.fullmatch(pattern) for pattern in texts(statement["Resource"])) or bool(
        texts(statement["NotResource"])
    )


def anyone(statement: Value) -> bool:
    """Whether its principal is everybody; NotPrincipal with Allow is everybody but a few."""
    principal = statement["Principal"]
    if isinstance(principal.raw, dict):
        return any("*" in texts(principal[kind]) for kind in principal.names())
    return "*" in texts(principal) or not statement["NotPrincipal"].absent


def fixed_by_condition(statement: Value, also: frozenset[str] = frozenset()) -> bool:
    """Whether a condition ties it to a known caller. Values with a wildcard and CIDRs of the internet do not.

    `also` are further such keys of the service, in lower case.
    """
    condition = statement["Condition"]
    for operator in condition.names():
        kind = operator.lower().removeprefix("foranyvalue:")
        if kind not in FIXING_OPERATORS:
            continue
        for key in condition[operator].names():
            values = texts(condition[operator][key])
            if key.lower() in FIXING_KEYS | also and values and _fixed(key.lower(), values):
                return True
    return False


def narrowed(statement: Value) -> bool:
    """Whether a condition may exclude some callers or resources.

    These exclude nobody: the value `*`, keys about the way or time of a request, and all public addresses.
    """
    for operator, tests in statement["Condition"].members():
        like = operator.lower().removesuffix("ifexists").endswith("like")
        for key, values in tests.members():
            given = texts(values)
            anything = like and any(not value.strip("*") for value in given)
            anywhere = key.lower() == "aws:sourceip" and not _fixed("aws:sourceip", given)
            if not anything and not anywhere and key.lower() not in HOW_AND_WHEN:
                return True
    return False


def condition_values(statement: Value) -> dict[str, list[str]]:
    """Each condition key in lower case with its values, over all positive operators."""
    found: dict[str, list[str]] = {}
    for operator, tests in statement["Condition"].members():
        for key, values in () if re.search("not|null", operator, re.IGNORECASE) else tests.members():
            found.setdefault(key.lower(), []).extend(texts(values))
    return found


def _fixed(key: str, values: list[str]) -> bool:
    if key == "aws:sourceip":
        networks = [parse_network(value) for value in values]
        known = [network for network in networks if network is not None]
        return len(known) == len(networks) and not covers_the_internet(known)
    if key.endswith("orgpaths"):  # o-1/r-1/* is all of one organization
        values = [value.partition("/")[0] for value in values]
    return all(value and not set("*?") & set(value) for value in values)


def covers(statement: Value, element: str, text: str) -> bool:
    """Whether its `element` (Action or Resource) includes `text`, or its Not-form does not; without either, yes."""
    if not statement[f"Not{element}"].absent:
        return not any(matches(pattern, text) for pattern in texts(statement[f"Not{element}"]))
    return statement[element].absent or any(matches(pattern, text) for pattern in texts(statement[element]))


def condition_holds(statement: Value, facts: Mapping[str, str]) -> bool | None:
    """Whether a request with these facts meets the condition; None when `facts` is not enough to decide."""
    condition = statement["Condition"]
    verdict: bool | None = True
    for operator in condition.names():
        kind = operator.lower().removeprefix("foranyvalue:").removeprefix("forallvalues:").removesuffix("ifexists")
        positive, exact = kind.replace("not", ""), kind.startswith("string") and kind.endswith("equals")
        for key in condition[operator].names():
            fact = facts.get(key.lower())
            if fact is None or positive not in TEXT_OPERATORS:
                verdict = None
                continue
            found = any(fact == text if exact else matches(text, fact) for text in texts(condition[operator][key]))
            if found != (kind == positive):
                return False
    return verdict


def refuses_without_tls(document: Value, action: str) -> bool:
    """Whether a statement denies `action` to everybody who comes without TLS, whatever else they come with."""
    for statement in statements(document):
        tests = [
            (operator.lower().removesuffix("ifexists"), key.lower(), texts(values))
            for operator, keys in statement["Condition"].members()
            for key, values in keys.members()
        ]
        without = [("bool", "aws:securetransport", ["false"])]
        if not allows(statement) and anyone(statement) and covers(statement, "Action", action) and tests == without:
            return True
    return False


def principals(statement: Value, kind: str) -> list[str]:
    """The principals of one kind, such as AWS or Service; a lone string is of kind AWS.

    The `.cn` of service names in China is removed.
    """
    principal = statement["Principal"]
    if isinstance(principal.raw, dict):
        return [text.removesuffix(".cn") for text in texts(principal[kind])]
    return texts(principal) if kind == "AWS" else []


def account(principal: str) -> str:
    """The account of an AWS principal or of an ARN; empty where it names none."""
    if principal.isdigit():
        return principal
    parts = principal.split(":")
    return parts[4] if len(parts) > 4 else ""


def public_statements(document: Value, also: frozenset[str] = frozenset()) -> Outcomes:
    """A finding for each statement open to everybody; `also` as in `fixed_by_condition`."""
    if document.unknown:
        yield Deferred(document.path)
        return
    for statement in statements(document):
        if allows(statement) and anyone(statement) and not fixed_by_condition(statement, also):
            yield Finding(statement.path, "allows everybody, with no condition that fixes who")
