"""One cloud in this process for all tests of a file."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from tests.support.sandbox.authorization.cloud import Cloud, filled
from tests.support.sandbox.authorization.identities import REGION


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    """A cloud with one resource of each kind."""
    with mock_aws():
        yield filled(boto3.Session("key", "secret", region_name=REGION))
