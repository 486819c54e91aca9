"""getPolicyDocument: a policy built from statements, in the real provider's form.

Source: https://www.pulumi.com/registry/packages/aws/api-docs/iam/getpolicydocument/
"""

import hashlib
import json
from collections.abc import Iterable

from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.readers import as_block, blocks, text, texts
from slipway_sandbox.provider.protocol.wire import Properties, Value

LISTS = {
    "actions": "Action",
    "notActions": "NotAction",
    "resources": "Resource",
    "notResources": "NotResource",
}
WITH_VARIABLES = "2012-10-17"  # the policy version with variables


def get_policy_document(scope: Scope) -> Properties:
    """The document as JSON: source documents first, then the statements, then the overrides by sid."""
    arguments = scope.inputs
    version = text(arguments, "version", WITH_VARIABLES)
    statements: list[dict[str, Value]] = []
    for source in _documents(arguments, "sourceJson", "sourcePolicyDocuments"):
        _merge(statements, _statements_of(source))
    _merge(statements, [_statement(block, version) for block in blocks(arguments, "statements")])
    for override in _documents(arguments, "overrideJson", "overridePolicyDocuments"):
        _merge(statements, _statements_of(override))
    document: dict[str, Value] = {"Version": version, "Statement": statements}
    if policy_id := arguments.get("policyId"):
        document["Id"] = policy_id
    indented = json.dumps(document, indent=2)
    minified = json.dumps(document, separators=(",", ":"))
    digest = hashlib.sha256(indented.encode()).hexdigest()[:10]
    return {**arguments, "id": str(int(digest, 16)), "json": indented, "minifiedJson": minified}


def _documents(arguments: Properties, single: str, several: str) -> list[str]:
    return [document for document in (text(arguments, single, ""), *texts(arguments, several)) if document]


def _statements_of(document: str) -> list[dict[str, Value]]:
    statements: Value = json.loads(document).get("Statement", [])
    listed = statements if isinstance(statements, list) else [statements]
    return [as_block(statement, "Statement") for statement in listed]


def _merge(statements: list[dict[str, Value]], added: Iterable[dict[str, Value]]) -> None:
    for statement in added:
        sid = statement.get("Sid")
        same = [index for index, earlier in enumerate(statements) if sid and earlier.get("Sid") == sid]
        if same:
            statements[same[0]] = statement
        else:
            statements.append(statement)


def _statement(block: Properties, version: str) -> dict[str, Value]:
    statement: dict[str, Value] = {"Sid": block["sid"]} if block.get("sid") else {}
    statement["Effect"] = block.get("effect", "Allow")
    for name, member in LISTS.items():
        if block.get(name):
            statement[member] = _single(sorted(_variables(value, version) for value in texts(block, name)))
    for name, member in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        if block.get(name):
            statement[member] = _principals(blocks(block, name))
    if block.get("conditions"):
        statement["Condition"] = _conditions(blocks(block, "conditions"), version)
    return statement


def _principals(principals: list[dict[str, Value]]) -> Value:
    if any(principal["type"] == "*" for principal in principals):
        return "*"
    by_type: dict[str, list[str]] = {}
    for principal in principals:
        by_type.setdefault(text(principal, "type"), []).extend(texts(principal, "identifiers"))
    return {kind: _single(sorted(names)) for kind, names in by_type.items()}


def _conditions(conditions: list[dict[str, Value]], version: str) -> Value:
    tests: dict[str, dict[str, Value]] = {}
    for condition in conditions:
        values = [_variables(value, version) for value in texts(condition, "values")]
        tests.setdefault(text(condition, "test"), {})[text(condition, "variable")] = _single(values)
    return tests


def _single(values: list[str]) -> Value:
    """A list of one as its item, as policies have it."""
    return values[0] if len(values) == 1 else list(values)


def _variables(value: str, version: str) -> str:
    """`&{aws:username}` becomes IAM's own `${aws:username}`; a program cannot write the latter."""
    return value.replace("&{", "${") if version == WITH_VARIABLES else value
