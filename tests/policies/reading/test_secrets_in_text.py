"""Secrets are told from ordinary settings by name and shape."""

import pytest

from slipway_policies.reading import secrets_in_text


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ghp_" + "a1B2" * 9, True),
        ("eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxwRJSMeKKF2", True),
        ("amqps://user:pa55@host", True),
        ("amqps://user:${PASSWORD}@host", False),
        ("https://host/path:8080@x", False),
        ("da39a3ee5e6b4b0d3255bfef95601890afd80709", False),
        ("#!/bin/bash", False),
    ],
)
def test_keys_are_known_by_their_shape(text: str, key: bool) -> None:
    assert secrets_in_text.holds_a_key(text) is key


@pytest.mark.parametrize(
    "name", ["DB_PASS", "MYSQL_PWD", "RAILS_MASTER_KEY", "dbPassword", "GITHUB_TOKEN", "API_TOKENS"]
)
def test_a_name_promises_a_secret(name: str) -> None:
    assert secrets_in_text.name_sounds_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "SECRET_NAME",
        "OPENAI_MAX_TOKENS",
        "TOKENIZER",
        "TOKENS_PER_MINUTE",
        "USE_TOKEN_AUTH",
        "PASSWORD_HASHER",
        "PASSWORDLESS_LOGIN",
        "NEXT_PUBLIC_API_KEY",
        "AUTH_TOKEN_VALIDITY",
        "SIGNING_KEY_ALIAS",
        "COMPASS",
    ],
)
def test_a_name_only_speaks_about_a_secret(name: str) -> None:
    assert not secrets_in_text.name_sounds_secret(name)
