"""Secrets of a request never stand in a message; a sentence without secrets stays as it is."""

import json
from dataclasses import dataclass

import pytest
from pulumi.runtime.proto import provider_pb2

from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.hiding import hider, request_hider, secret_strings, shown
from slipway_sandbox.provider.protocol.wire import Value


@dataclass(frozen=True)
class Case:
    value: Value
    message: str
    hidden: str


DEFINITIONS = json.dumps([{"image": "shop/hush:1", "cpu": 8192, "essential": True, "environment": [{"name": "K"}]}])
CASES = {
    "a whole value": Case(wire.Secret("hush-hush"), "got hush-hush", "got [secret]"),
    "a part of a block": Case({"a": [wire.Secret("hush-hush")]}, "got 'hush-hush'", "got '[secret]'"),
    "a number": Case(wire.Secret(8192), "cpu 8192 is too much, not 81920", "cpu [secret] is too much, not 81920"),
    "a short word": Case(wire.Secret("ab"), "ab is in about", "[secret] is in about"),
    "a part of JSON": Case(
        wire.Secret(DEFINITIONS),
        "Container.image shop/hush:1, cpu 8192, variable K, essential true",
        "Container.image [secret], cpu [secret], variable [secret], essential true",
    ),
    "one line of many": Case(wire.Secret("first line\nsecond one"), "at `second one`", "at `[secret]`"),
    "escaped": Case(wire.Secret('say "hush" \\ now'), 'got say \\"hush\\" \\\\ now', "got [secret]"),
    "in a URL": Case(wire.Secret("hush hush/x"), "/?password=hush%20hush%2Fx", "/?password=[secret]"),
    "in base64": Case(wire.Secret("#!/bin/sh"), "UserData IyEvYmluL3No", "UserData [secret]"),
    "a file's text": Case(wire.Secret(wire.Asset({"hash": "1", "text": "hush-hush"})), "hush-hush 1", "[secret] 1"),
    "a key": Case(wire.Secret({"db_password": "x-y-z-1"}), "unknown db_password", "unknown [secret]"),
    "a word of AWS": Case(wire.Secret({"portMappings": ""}), "portMappings must be", "portMappings must be"),
    "nothing secret": Case({"a": "hush-hush"}, "got hush-hush", "got hush-hush"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_secret_is_replaced_in_each_of_its_forms(case: Case) -> None:
    assert hider(secret_strings(case.value))(case.message) == case.hidden


def test_the_secrets_of_a_request_are_those_of_all_of_its_maps() -> None:
    request = provider_pb2.UpdateRequest(
        urn="urn:x",
        olds=wire.to_struct({"token": wire.Secret("old-hush"), "name": "orders"}),
        news=wire.to_struct({"token": wire.Secret("new-hush"), "name": "orders"}),
    )
    assert request_hider(request)("orders: old-hush, new-hush") == "orders: [secret], [secret]"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("10.0.0.0/8", '"10.0.0.0/8"'),
        (901, "901"),
        ({"a": 1}, '{"a": 1}'),
        ("x" * 400, "a text of 400 characters"),
        ([1] * 99, "a list of 99"),
        ({"a": "x" * 99}, "an object"),
    ],
)
def test_a_long_value_is_not_shown(value: Value, text: str) -> None:
    assert shown(value) == text
