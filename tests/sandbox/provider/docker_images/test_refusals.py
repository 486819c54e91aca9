"""What the docker provider says when it cannot: one sentence each, with the fix. No daemon, no registry."""

from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from slipway_sandbox.process.ports import LOOPBACK, free_ports
from slipway_sandbox.provider.docker_images.provider import IMAGE, DockerProvider
from slipway_sandbox.provider.docker_images.remote_image import REMOTE_IMAGE
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.registry import repositories

NOBODY: Any = None  # a context that is not asked


def refusal(call: Any, *arguments: Any) -> str:
    with pytest.raises(ProviderError) as caught:
        call(*arguments)
    return str(caught.value)


def test_a_dead_daemon_is_named_before_anything_is_built() -> None:
    host = f"tcp://{LOOPBACK}:{free_ports(1, [LOOPBACK])[0]}"
    assert refusal(DockerProvider().configure, {"host": host}, None) == (
        f"no Docker daemon answers at {host}; `python3 -m setup.docker_daemon` starts one, then run the same command again"
    )


def test_a_daemon_named_by_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    host = f"tcp://{LOOPBACK}:{free_ports(1, [LOOPBACK])[0]}"
    monkeypatch.setenv("DOCKER_HOST", host)
    assert refusal(DockerProvider().configure, {}, None).startswith(f"no Docker daemon answers at {host}; ")


def test_a_setting_that_the_sandbox_does_not_know_is_refused() -> None:
    assert refusal(DockerProvider().configure, {"certPath": "/certs"}, None) == (
        "the sandbox's docker provider does not know the setting 'certPath', only 'host'; "
        "set it on stacks that use the released provider"
    )


def test_a_registry_that_does_not_answer_is_named() -> None:
    port = free_ports(1, [LOOPBACK])[0]
    message = refusal(repositories.digest, f"localhost:{port}", "app", "v1")
    assert message.startswith(f"the registry at localhost:{port} does not answer (")
    assert message.endswith("); `slipway sandbox start` starts it")


def test_what_is_no_image_is_refused() -> None:
    request = provider_pb2.CheckRequest(urn="urn:pulumi:s::p::docker:index/container:Container::web")
    assert refusal(DockerProvider().Check, request, NOBODY) == (
        f"the sandbox's docker provider has {IMAGE} and {REMOTE_IMAGE} only, got docker:index/container:Container; "
        "run it on a real stack"
    )


def test_an_image_inside_a_component_is_an_image() -> None:
    request = provider_pb2.CheckRequest(urn=f"urn:pulumi:s::p::slipway:index:ContainerImage${IMAGE}::app")
    with pytest.raises(AttributeError, match="peer"):  # past the refusal, it asks which instance calls
        DockerProvider().Check(request, NOBODY)


def test_an_image_that_was_built_elsewhere_is_not_imported() -> None:
    request = provider_pb2.ReadRequest(urn=f"urn:pulumi:s::p::{IMAGE}::app", id="localhost:1/app")
    assert refusal(DockerProvider().Read, request, NOBODY) == (
        f"{IMAGE} cannot be imported: neither a registry nor the daemon knows how localhost:1/app was built; "
        "declare it and let `pulumi up` build it"
    )


def test_a_function_is_refused() -> None:
    token = "docker:index/getNetwork:getNetwork"
    assert refusal(DockerProvider().Invoke, provider_pb2.InvokeRequest(tok=token), NOBODY) == (
        f"the sandbox's docker provider has {IMAGE} and no function, got {token!r}"
    )
