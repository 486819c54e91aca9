"""What AWS refuses is refused, in AWS's words."""

import datetime
import logging
import os
from collections.abc import Iterator

import pytest

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider import services
from slipway_sandbox.provider.aws.client import AwsClient
from slipway_sandbox.provider.properties import sdk
from slipway_sandbox.provider.protocol.readers import text
from slipway_sandbox.provider.protocol.wire import Properties
from slipway_sandbox.provider.refusals import REFUSALS
from slipway_sandbox.provider.refusals.__main__ import table
from slipway_sandbox.provider.refusals.rule import Refusal
from tests.sandbox.conftest import ROOT
from tests.support.sandbox.example_world import ExampleWorld
from tests.support.sandbox.provider_driver import Driver, ProviderCallError
from tests.support.sandbox.provider_examples import resolve
from tests.support.sandbox.provider_refusals import CASES, WORLD, Case
from tests.support.sandbox.provider_world import provider

os.environ.update(MOTO_ENVIRONMENT)

LISTENER = "aws:lb/listener:Listener"
MORE = "aws:lb/listenerCertificate:ListenerCertificate"
APART = {
    (each, "certificate_not_issued") for each in (LISTENER, MORE)
}  # in a test of its own, as moto issues any certificate after a second


@pytest.fixture(scope="module")
def world() -> Iterator[ExampleWorld]:
    logging.getLogger("grpc").setLevel(logging.CRITICAL)
    with provider(retry_seconds=0.2) as (port, _):
        driver = Driver(port, {"region": "eu-west-1"})
        world = ExampleWorld(driver, WORLD)
        yield world
        world.end()
        driver.close()


def refusal_of(case: Case) -> Refusal:
    found = [each for each in REFUSALS if (each.token, each.finds.__name__) == (case.type, case.refusal)]
    assert len(found) == 1, f"{case.type} {case.refusal} is in the table {len(found)} times"
    return found[0]


@pytest.mark.parametrize("name", CASES)
def test_what_aws_refuses_is_refused_in_its_words(world: ExampleWorld, name: str) -> None:
    case = CASES[name]
    for earlier in case.after.split():
        world.need(earlier)
    inputs, says = world.inputs(case.properties), resolve(case.says, world.look_up)
    if (refusal := refusal_of(case)).plain:
        assert world.driver.check(case.type, name, inputs)[1] == [(refusal.properties.split()[0], says)]
        return
    with pytest.raises(ProviderCallError) as caught:
        world.driver.create(case.type, name, inputs)
    assert str(caught.value) == f"{case.type} {name!r}: {says}"
    assert caught.value.detail is None, "nothing was made"


def test_every_refusal_has_a_case() -> None:
    cases = {(each.type, each.refusal) for each in CASES.values()}
    assert {(each.token, each.finds.__name__) for each in REFUSALS} == cases | APART


def test_a_certificate_that_is_not_issued_is_refused(world: ExampleWorld) -> None:
    from moto.acm.models import acm_backends

    client = AwsClient()
    arn = text(client.call("acm", "request_certificate", "eu-west-1", DomainName="example.com"), "CertificateArn")
    acm_backends["123456789012"]["eu-west-1"]._certificates[arn].created_at += datetime.timedelta(hours=1)  # noqa: SLF001
    answer = [{"type": "fixed-response", "fixedResponse": {"contentType": "text/plain"}}]
    own = {"loadBalancerArn": world.look_up("inner", "arn"), "port": 443, "protocol": "HTTPS", "defaultActions": answer}
    said = [
        refused(world, LISTENER, {**own, "certificateArn": arn}),
        refused(world, MORE, {"listenerArn": world.look_up("listener", "arn"), "certificateArn": arn}),
    ]
    client.call("acm", "delete_certificate", "eu-west-1", CertificateArn=arn)
    tail = (
        f"failed with UnsupportedCertificate: The certificate '{arn}' must have a fully-qualified domain name, a supported "
        "signature, and a supported key size; take the ARN from a CertificateValidation: it waits until the "
        "certificate is issued"
    )
    assert said == [f"{LISTENER} 'early': CreateListener {tail}", f"{MORE} 'early': AddListenerCertificates {tail}"]


def refused(world: ExampleWorld, token: str, inputs: Properties) -> str:
    with pytest.raises(ProviderCallError) as caught:
        world.driver.create(token, "early", inputs)
    return str(caught.value)


def test_a_schedule_whose_one_time_has_come_stays_quiet_until_it_is_changed(world: ExampleWorld) -> None:
    case = CASES["passed_at"]
    there = world.driver.check(case.type, "past", world.inputs(case.properties))[0]
    described = world.driver.check(case.type, "past", {**there, "description": "x"}, there)
    moved = world.driver.check(case.type, "past", {**there, "scheduleExpression": "at(2020-01-02T00:00:00)"}, there)
    assert (described[1], [name for name, _ in moved[1]]) == ([], ["scheduleExpression"])


def test_every_refusal_looks_at_properties_that_there_are() -> None:
    for refusal in REFUSALS:
        inputs = sdk.schema(services.resource(refusal.token).token).inputs
        assert set(refusal.properties.split()) - set(inputs) == set(), refusal.token


def test_the_table_in_the_guide_is_the_one_that_is_asked() -> None:
    assert (ROOT / "docs" / "sandbox-refusals.md").read_text() == table()
