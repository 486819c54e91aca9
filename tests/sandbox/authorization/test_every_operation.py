"""No call stops the judge, whatever its parameters are; a missing permission is always found."""

import botocore.session
import pytest

from slipway_sandbox.authorization.__main__ import SERVICES, unjudged
from slipway_sandbox.authorization.check import Refusal, refusal_of
from slipway_sandbox.authorization.operations import FREE
from tests.support.sandbox.authorization.cloud import Cloud, app, call
from tests.support.sandbox.authorization.identities import allow
from tests.support.sandbox.authorization.parameters import parameters


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_needs_a_permission_and_everything_suffices(cloud: Cloud, service: str) -> None:
    model = botocore.session.get_session().get_service_model(service)
    without = set(unjudged(service)) | {name for prefix, name in FREE if prefix == service}
    names = [name for name in model.operation_names if name not in without]
    calls = [call(service, name, **parameters(model.operation_model(name).input_shape)) for name in names]
    calls += [call(service, name) for name in names]
    cloud.let(allow("polly:*"))
    let_in = {each.operation for each in calls if not isinstance(refusal_of(each, app()), Refusal)}
    cloud.let(allow())
    refused = {each.operation for each in calls if refusal_of(each, app()) is not None}
    assert (let_in, refused) == (set(), TRUSTED.get(service, set()))


TRUSTED = {"sts": {"AssumeRole"}}
"""Calls that need the consent of another, too."""
