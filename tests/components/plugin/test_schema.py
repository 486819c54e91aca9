"""The schema of the plugin: committed, described in the words of other languages, with every set of words as an enum."""

import json
import re

import pytest

from docs.generator.schema import SCHEMA_FILE, plugin_schema
from slipway.plugin._schema import word_sets
from tests.support.components.samples import COMPONENTS

SCHEMA = json.loads(plugin_schema())
SHAPES = {**SCHEMA["resources"], **{token: it for token, it in SCHEMA["types"].items() if "enum" not in it}}


def test_the_committed_schema_is_up_to_date() -> None:
    assert SCHEMA_FILE.read_text() == plugin_schema(), "run make docs"


def test_the_schema_has_every_component_and_says_what_the_package_is() -> None:
    assert set(SCHEMA["resources"]) == {f"slipway:index:{kind}" for kind in COMPONENTS}
    assert (SCHEMA["name"], SCHEMA["version"], SCHEMA["license"]) == ("slipway", "0.1.0", "Apache-2.0")


@pytest.mark.parametrize("token", SHAPES)
def test_every_property_is_described_in_the_words_of_other_languages(token: str) -> None:
    shape = SHAPES[token]
    properties = {**shape["properties"], **shape.get("inputProperties", {})}
    texts = {key: it["description"] for key, it in properties.items()}
    assert [key for key, text in texts.items() if not text] == []
    # left are words, and names of modules
    allowed = {word for words in word_sets().values() for word in words} | {"slipway_consumer", "work_dir"}
    names = re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", " ".join([shape["description"], *texts.values()]))
    assert set(names) - allowed == set()
    assert "Example::" not in shape["description"]


def test_each_set_of_words_is_an_enum_that_an_argument_refers_to() -> None:
    enums = {token.rpartition(":")[2]: it for token, it in SCHEMA["types"].items() if "enum" in it}
    assert {name: [it["value"] for it in enum["enum"]] for name, enum in enums.items()} == word_sets()
    references = set(re.findall(r'"#/types/slipway:index:(\w+)"', json.dumps(SCHEMA)))
    assert {token.rpartition(":")[2] for token in SCHEMA["types"]} == references


def test_an_enum_stands_where_the_words_are_and_not_at_the_keys_of_a_mapping() -> None:
    network = SCHEMA["resources"]["slipway:index:Network"]["inputProperties"]
    assert network["nat"]["$ref"] == "#/types/slipway:index:Nat"
    assert network["tiers"]["items"] == {"plain": True, "$ref": "#/types/slipway:index:Tier"}
    assert network["subnetCidrBlocks"]["additionalProperties"]["items"] == {"type": "string", "plain": True}
