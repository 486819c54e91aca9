"""Sentences about arguments: who, argument, rule, value, fix."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
import pytest

from slipway import ArgumentError
from slipway.common import child_name, cidr_block, one_of, whole_number
from slipway.common._checks import one_argument
from slipway.common._shapes import check_shape
from tests.support.components.mocks import own_loop
from tests.support.components.refusals import Refused


class InnerArgs(TypedDict):
    port: int
    path: NotRequired[str]


class OuterArgs(TypedDict):
    image: pulumi.Input[str]
    names: NotRequired[list[str]]
    inner: NotRequired[InnerArgs]
    inners: NotRequired[list[InnerArgs]]
    by_key: NotRequired[Mapping[str, InnerArgs]]
    open: NotRequired[bool]
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]


WRONG = [
    Refused({"imag": "a"}, "imag is not an argument; did you mean image?"),
    Refused(
        {"image": "a", "zzz": 1},
        "zzz is not an argument; the arguments are by_key, image, inner, inners, names, open, tags",
    ),
    Refused({}, "image is required, got nothing; give it a value"),
    Refused({"image": None}, "image is required, got nothing; give it a value"),
    Refused({"image": 3}, "image must be a string, got 3"),
    Refused({"image": "a", "names": "billing"}, "names must be a list, got 'billing'"),
    Refused({"image": "a", "names": ["b", 3]}, "names[1] must be a string, got 3"),
    Refused({"image": "a", "inner": {"prt": 1}}, "inner.prt is not an argument; did you mean port?"),
    Refused({"image": "a", "inner": {}}, "inner.port is required, got nothing; give it a value"),
    Refused({"image": "a", "inner": "x"}, "inner must be a mapping of arguments, got 'x'"),
    Refused({"image": "a", "inner": {"port": "80"}}, "inner.port must be a number, got '80'"),
    Refused({"image": "a", "inner": {"port": True}}, "inner.port must be a number, got True"),
    Refused(
        {"image": "a", "inners": [{"port": 1}, {"port": 1, "pth": "/"}]},
        "inners[1].pth is not an argument; did you mean path?",
    ),
    Refused({"image": "a", "by_key": {"k": {"port": None}}}, "by_key.k.port is required, got nothing; give it a value"),
    Refused({"image": "a", "by_key": {3: {}}}, "the keys of by_key must be strings, got 3"),
    Refused({"image": "a", "by_key": []}, "by_key must be a mapping, got []"),
    Refused({"image": "a", "open": "yes"}, "open must be true or false, got 'yes'"),
    Refused({"image": "a", "tags": {"team": 3}}, "tags.team must be a string, got 3"),
]


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case.says[:40])
def test_a_wrong_argument_is_named_with_the_fix(case: Refused) -> None:
    with pytest.raises(ArgumentError) as caught:
        check_shape("Thing 'a'", case.args, OuterArgs)
    assert str(caught.value) == f"Thing 'a': {case.says}"


def test_an_output_where_the_structure_needs_a_plain_value_is_refused() -> None:
    with own_loop(), pytest.raises(ArgumentError) as caught:
        check_shape("Thing 'a'", {"image": "a", "names": [pulumi.Output.from_input("b")]}, OuterArgs)
    wanted = "Thing 'a': names[0] must be known before deployment, got an Output; give a plain value"
    assert str(caught.value) == wanted


def test_outputs_floats_and_left_out_options_pass() -> None:
    inner = {"port": 80.0, "path": None}
    with own_loop():
        output = pulumi.Output.from_input("a")
        check_shape("Thing 'a'", {"image": output, "inner": inner, "tags": {"team": output}, "names": None}, OuterArgs)
        check_shape("Thing 'a'", {"image": "a", "tags": pulumi.Output.from_input({"a": "b"})}, OuterArgs)


def test_an_argument_error_is_shown_without_a_traceback() -> None:
    assert issubclass(ArgumentError, pulumi.RunError)
    assert issubclass(ArgumentError, ValueError)


def test_whole_numbers_arrive_as_floats_from_the_plugin_host() -> None:
    number = whole_number("T", "port", 80.0, (1, 65535))
    assert (number, type(number)) == (80, int)


@pytest.mark.parametrize("value", [0, 65536, 80.5, -1, float("inf"), float("nan")])
def test_a_number_out_of_bounds_is_refused(value: float) -> None:
    with pytest.raises(ArgumentError) as caught:
        whole_number("T", "port", value, (1, 65535))
    assert str(caught.value) == f"T: port must be a whole number 1-65535, got {value}"


def test_a_value_outside_the_set_is_refused_with_the_set() -> None:
    with pytest.raises(ArgumentError, match=r"^T: nat must be one of none, single, got 'both'$"):
        one_of("T", "nat", "both", ("none", "single"))


@pytest.mark.parametrize(
    ("value", "fix"),
    [
        ("10.0.0.5/8", "the network of that address is 10.0.0.0/8"),
        ("office", "write it like 10.20.0.0/16"),
        ("10.0.0.0/33", "write it like 10.20.0.0/16"),
        ("2001:db8::/32", "write it like 10.20.0.0/16"),
    ],
)
def test_a_network_that_is_none_is_refused(value: str, fix: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        cidr_block("T", "block", value)
    assert str(caught.value) == f"T: block must be an IPv4 network, got {value!r}; {fix}"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"a": None, "b": None}, "T: set a or b, got neither"),
        ({"a": "1", "b": "2"}, "T: set a or b, got both"),
    ],
)
def test_one_of_two_arguments_is_asked_for(values: dict[str, object], sentence: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        one_argument("T", values)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("name", ["my topic", "1st", "", "a_b", "a.b", "é"])
def test_a_name_that_aws_would_refuse_is_refused(name: str) -> None:
    rule = "the name must be letters, digits and hyphens and start with a letter"
    with pytest.raises(ArgumentError) as caught:
        child_name("T", name, 80)
    assert str(caught.value) == f"T: {rule}, got {name!r}"


def test_a_name_leaves_room_for_what_is_appended() -> None:
    child_name("T", "a" * 24, 32)
    child_name("T", "a" * 67, 80, "-dead")
    with pytest.raises(ArgumentError) as caught:
        child_name("T", "a" * 25, 32)
    assert str(caught.value) == "T: the name must be at most 24 characters, got 25; AWS allows 32 and 8 are appended"
