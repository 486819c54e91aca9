"""Property maps on the wire: nothing is lost between the engine and the provider."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime import rpc

from slipway_sandbox.provider.protocol import wire

leaves = st.one_of(
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: not number.is_integer()),
    st.text().filter(lambda text: text != rpc.UNKNOWN),
    st.just(wire.UNKNOWN),
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text().filter(lambda key: key != wire.SIGNATURE_KEY), inner, max_size=3),
        inner.map(wire.Secret),
        st.builds(wire.Asset, st.just({"hash": "1f", "text": "hello"})),
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text().filter(lambda key: key != wire.SIGNATURE_KEY), values, max_size=4))
def test_every_property_map_survives_the_round_trip(properties: dict[str, wire.Value]) -> None:
    assert wire.from_struct(wire.to_struct(properties)) == properties


def test_whole_numbers_arrive_as_int() -> None:
    number = wire.from_struct(wire.to_struct({"port": 8080.0}))["port"]
    assert (number, type(number)) == (8080, int)


def test_a_null_property_counts_as_absent() -> None:
    assert wire.from_struct(wire.to_struct({"name": None, "tags": {"a": None}})) == {"tags": {}}


def test_plain_takes_secrets_off_at_every_depth() -> None:
    assert wire.plain({"a": [wire.Secret({"b": wire.Secret("c")})]}) == {"a": [{"b": "c"}]}


def test_a_secret_hides_its_value_when_printed() -> None:
    assert repr(wire.Secret("hunter2")) == "Secret(...)"


@pytest.mark.parametrize("nested", [wire.UNKNOWN, [wire.UNKNOWN], {"a": wire.Secret(wire.UNKNOWN)}])
def test_an_unknown_is_found_at_every_depth(nested: wire.Value) -> None:
    assert wire.has_unknown(nested)
    assert not wire.has_unknown({"a": [1, "x"]})


def test_a_resource_reference_becomes_its_id() -> None:
    reference = {wire.SIGNATURE_KEY: wire.RESOURCE_SIGNATURE, "urn": "urn:pulumi:a::b::c::d", "id": "i-1"}
    assert wire.from_struct(wire.to_struct({"role": reference})) == {"role": "i-1"}


def test_an_output_value_keeps_its_secret() -> None:
    output: wire.Properties = {wire.SIGNATURE_KEY: wire.OUTPUT_SIGNATURE, "value": "v", "secret": True}
    unknown: wire.Properties = {wire.SIGNATURE_KEY: wire.OUTPUT_SIGNATURE}
    assert wire.from_struct(wire.to_struct({"a": output, "b": unknown})) == {"a": wire.Secret("v"), "b": wire.UNKNOWN}


def test_an_unknown_signature_is_refused() -> None:
    struct = wire.to_struct({"a": {wire.SIGNATURE_KEY: "f00"}})
    with pytest.raises(ValueError, match="unknown signature 'f00'"):
        wire.from_struct(struct)
