"""getPolicyDocument: a policy put together from statements, as the real provider writes it.

Source: https://www.pulumi.com/registry/packages/aws/api-docs/iam/getpolicydocument/
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from slipway_sandbox.provider.aws.scope import Scope

LISTS = {
    "actions": "Action",
    "notActions": "NotAction",
    "resources": "Resource",
    "notResources": "NotResource",
}


def get_policy_document(scope: Scope) -> Mapping[str, Any]:
    """The document as JSON: source documents first, then the statements, then what overrides them by sid."""
    arguments = scope.inputs
    merged: dict[str, Any] = {"Version": arguments.get("version", "2012-10-17"), "Statement": []}
    if policy_id := arguments.get("policyId"):
        merged["Id"] = policy_id
    sources = [arguments.get("sourceJson"), *(arguments.get("sourcePolicyDocuments") or [])]
    overrides = [arguments.get("overrideJson"), *(arguments.get("overridePolicyDocuments") or [])]
    for text in filter(None, sources):
        _merge(merged, json.loads(text).get("Statement", []))
    _merge(merged, [_statement(each, merged["Version"]) for each in arguments.get("statements") or []])
    for text in filter(None, overrides):
        _merge(merged, json.loads(text).get("Statement", []))
    text = json.dumps(merged, indent=2)
    minified = json.dumps(merged, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()[:10]
    return {**arguments, "id": str(int(digest, 16)), "json": text, "minifiedJson": minified}


def _merge(document: dict[str, Any], statements: Any) -> None:
    for statement in statements if isinstance(statements, list) else [statements]:
        sid = statement.get("Sid")
        same = [index for index, each in enumerate(document["Statement"]) if sid and each.get("Sid") == sid]
        if same:
            document["Statement"][same[0]] = statement
        else:
            document["Statement"].append(statement)


def _statement(given: Mapping[str, Any], version: str) -> dict[str, Any]:
    statement: dict[str, Any] = {"Sid": given["sid"]} if given.get("sid") else {}
    statement["Effect"] = given.get("effect", "Allow")
    for name, member in LISTS.items():
        if given.get(name):
            values = sorted(_variables(value, version) for value in given[name])
            statement[member] = values[0] if len(values) == 1 else values
    for name, member in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        if given.get(name):
            statement[member] = _principals(given[name])
    if given.get("conditions"):
        statement["Condition"] = _conditions(given["conditions"], version)
    return statement


def _principals(given: list[Mapping[str, Any]]) -> Any:
    if any(each["type"] == "*" for each in given):
        return "*"
    found: dict[str, Any] = {}
    for each in given:
        found.setdefault(each["type"], []).extend(each["identifiers"])
    return {kind: names[0] if len(names) == 1 else sorted(names) for kind, names in found.items()}


def _conditions(given: list[Mapping[str, Any]], version: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in given:
        values = [_variables(value, version) for value in each["values"]]
        found.setdefault(each["test"], {})[each["variable"]] = values[0] if len(values) == 1 else values
    return found


def _variables(value: str, version: str) -> str:
    """`&{aws:username}` stands for IAM's own `${aws:username}`, which a program could not write."""
    return value.replace("&{", "${") if version == "2012-10-17" else value
