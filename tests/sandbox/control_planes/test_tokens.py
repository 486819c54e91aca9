"""Tokens of `aws eks get-token`: which are taken, and which are refused with which reason."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from botocore.credentials import Credentials

from slipway_sandbox.control_planes.tokens import TokenError, token_of
from slipway_sandbox.identities.reading.signatures import Signature
from tests.support.eks.get_token import QUERY, encoded, token

KEYS = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
SESSION = Credentials("ASIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "token/with+signs==")


@pytest.mark.parametrize("keys", [KEYS, SESSION], ids=["user", "session"])
@pytest.mark.parametrize("endpoint", ["https://sts.eu-west-1.amazonaws.com", "http://127.0.0.1:20123"])
def test_a_token_names_its_key_and_is_signed_for_one_cluster(keys: Credentials, endpoint: str) -> None:
    read = token_of(token("orders", keys, endpoint))
    assert read.signature == Signature(keys.access_key, keys.token or "", "eu-west-1", "sts")
    read.require_signature(KEYS.secret_key, "orders")
    for secret_key, cluster in ((KEYS.secret_key, "billing"), ("another", "orders")):
        with pytest.raises(TokenError, match="the token's signature is not that of its key for this cluster"):
            read.require_signature(secret_key, cluster)


@dataclass(frozen=True)
class Refused:
    """A token, and the reason for its refusal."""

    name: str
    token: str
    says: str


URL = "https://sts.eu-west-1.amazonaws.com/?"
REFUSED = [
    Refused("empty", "", "the token does not begin with 'k8s-aws-v1.'"),
    Refused("another scheme", "k8s-aws-v2.aGVsbG8", "the token does not begin with 'k8s-aws-v1.'"),
    Refused("no base64", "k8s-aws-v1.#", "the token is no URL in base64"),
    Refused("no text", "k8s-aws-v1._w", "the token is no URL in base64"),
    Refused("too large", "k8s-aws-v1." + "a" * 5000, "the token is too large"),
    Refused(
        "a path", encoded("https://sts.amazonaws.com/other?Action=GetCallerIdentity"), "the token is no URL of STS"
    ),
    Refused("no web", encoded("ftp://sts.amazonaws.com/?Action=GetCallerIdentity"), "the token is no URL of STS"),
    Refused("twice", encoded(f"{URL}{QUERY}&Action=GetCallerIdentity"), "the token's URL has a parameter twice"),
    Refused("two cases", encoded(f"{URL}{QUERY}&action=GetCallerIdentity"), "the token's URL has a parameter twice"),
    Refused("another parameter", encoded(f"{URL}{QUERY}&Role=admin"), "the token's URL has the parameter 'role'"),
    Refused(
        "another call",
        token("orders", KEYS, query="Action=AssumeRole&Version=2011-06-15"),
        "the token is signed for another call than GetCallerIdentity",
    ),
    Refused(
        "no cluster",
        token("orders", KEYS, header="x-other"),
        "the token's signature does not cover the header x-k8s-aws-id",
    ),
    Refused(
        "no time",
        encoded(f"{URL}{QUERY}&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id"),
        "the token does not say when it was signed",
    ),
]


@pytest.mark.parametrize("case", REFUSED, ids=[case.name for case in REFUSED])
def test_a_token_of_another_form_is_refused(case: Refused) -> None:
    with pytest.raises(TokenError) as refused:
        token_of(case.token)
    assert str(refused.value) == case.says


@pytest.mark.parametrize(("minutes", "is_taken"), [(0, True), (14, True), (15.5, False), (-15.5, False)])
def test_a_token_holds_for_a_quarter_of_an_hour(minutes: float, is_taken: bool) -> None:
    made = token("orders", KEYS)
    later = datetime.now(UTC) + timedelta(minutes=minutes)
    if is_taken:
        assert token_of(made, lambda: later).signature.key_id == KEYS.access_key
        return
    with pytest.raises(TokenError, match="the token's time has passed"):
        token_of(made, lambda: later)
