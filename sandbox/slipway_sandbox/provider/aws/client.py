"""Calls to the sandbox's AWS: moto in this process, without HTTP. moto's HTTP endpoint serves the same state.

Only the provider's own session goes to moto directly; any other boto3 client of the process uses HTTP.
"""

import contextlib
import copy
import http
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from functools import cached_property
from typing import Any

import botocore.session
from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from botocore.model import OperationModel, StructureShape

from slipway_sandbox import corrections
from slipway_sandbox.provider.aws.identity.admission import UNSIGNED_CALL, Admission, Admit, Asked, unasked
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.wire import Value

THROTTLED = ("Throttl", "RequestLimitExceeded", "TooManyRequests", "SlowDown", "BandwidthLimitExceeded")
RETRIES = 25  # as the real provider's maxRetries: https://www.pulumi.com/registry/packages/aws/api-docs/provider/
LONGEST_PAUSE_SECONDS = 1.0
PARAMETERS = "slipway_parameters"
Entered = Callable[[], contextlib.AbstractContextManager[None]]
_admitting: ContextVar[Admit] = ContextVar("admitting", default=unasked)
_admitted: ContextVar[Admission] = ContextVar("admitted", default=UNSIGNED_CALL)
DENIED = "`slipway sandbox denied` names the statement that is missing"
HINTS = {
    "AccessDenied": DENIED,
    "AuthorizationError": DENIED,
    "UnauthorizedOperation": DENIED,
    "AlreadyExists": "another resource has this name; choose another name, or leave it out and Pulumi finds one",
    "BucketAlreadyExists": "bucket names are shared by all accounts; choose another name",
    "DependencyViolation": "something still uses it; look for resources made outside of this program",
    "DeleteConflict": "something is still attached to it; detach what was attached outside of this program",
    "EntityAlreadyExists": "another resource has this name; choose another name, or leave it out and Pulumi finds one",
    "InvalidParameterValue": "see the service's API reference for the values it takes",
    "QueueAlreadyExists": "a queue of this name has other attributes; choose another name",
    "RepositoryNotEmptyException": "set forceDelete to delete the repository with its images",
    "NotFound": "was it deleted behind Pulumi's back? `pulumi refresh` finds out",
}


class AwsError(ProviderError):
    """A refusal by AWS: operation, code, message, and a hint.

    `hint` names the fix. Default: the usual one for the code.
    """

    def __init__(self, operation: str, code: str, message: str, hint: str = "") -> None:
        self.operation = operation
        self.code = code
        self.message = message
        hint = hint or next((text for word, text in HINTS.items() if word in code), "see the service's API reference")
        super().__init__(f"{operation} failed with {code}: {message.rstrip('.')}; {hint}")


class StillUsedError(AwsError):
    """A temporary refusal to delete; the provider tries again for a while."""


class AwsClient:
    """Makes calls in any region. Safe to use from many threads.

    `entered` stands around each call of moto. Default: nothing does. `first_pause_seconds` is the pause after the first throttled attempt; it doubles at each further one, up to 1 s.
    """

    def __init__(self, first_pause_seconds: float = 0.05, entered: Entered = contextlib.nullcontext) -> None:
        self._entered = entered
        self._first_pause_seconds = first_pause_seconds
        self._clients: dict[tuple[str, str], BaseClient] = {}
        self._lock = threading.RLock()
        self._admit: Admit = unasked

    def admitting(self, admit: Admit) -> "AwsClient":
        """The same client, whose calls `admit` lets through. Default: every call is, as the sandbox's administrator."""
        vars(self)["_session"] = self._session  # made once, for both
        client = copy.copy(self)
        client._admit = admit  # noqa: SLF001 - of this class
        return client

    def call(self, service: str, operation: str, region: str, /, **params: Value) -> dict[str, Value]:
        """One operation, named as in boto3; throttled calls and the service's own faults are repeated. Raises AwsError."""
        client = self.client(service, region)
        name = client.meta.method_to_api_mapping[operation]
        return self._retried(name, lambda: self._made(getattr(client, operation), params))

    def pages(self, service: str, operation: str, region: str, /, **params: Value) -> dict[str, Value]:
        """The answers of all pages of one operation, as one. Raises AwsError."""
        client = self.client(service, region)
        pages = client.get_paginator(operation)
        name = client.meta.method_to_api_mapping[operation]
        return self._retried(
            name, lambda: self._made(lambda **given: pages.paginate(**given).build_full_result(), params)
        )

    def _made(self, make: Callable[..., dict[str, Value]], params: dict[str, Value]) -> dict[str, Value]:
        token = _admitting.set(self._admit)
        try:
            return make(**params)
        finally:
            _admitting.reset(token)

    def client(self, service: str, region: str) -> BaseClient:
        """The boto3-like client of a service in a region."""
        key = (service, region)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._session.create_client(
                    service,
                    region_name=region,
                    config=Config(
                        signature_version=UNSIGNED,  # a signature is a tenth of a call, and moto does not look at it
                        user_agent="slipway-sandbox",  # botocore's own is put together anew for each call
                        retries={"max_attempts": 0},
                        s3={"addressing_style": "path"},
                        ignore_configured_endpoint_urls=True,
                    ),
                )
                self._clients[key].meta.events.register_first("before-send", _introduced(service, region))
            return self._clients[key]

    def shape(self, service: str, operation: str, region: str) -> StructureShape | None:
        """Input of an operation in botocore's model."""
        client = self.client(service, region)
        shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation]).input_shape
        return shape if isinstance(shape, StructureShape) else None

    @cached_property
    def regions(self) -> frozenset[str]:
        """botocore's regions."""
        return frozenset(self._session.get_available_regions("ec2"))

    @cached_property
    def _session(self) -> botocore.session.Session:
        from moto.core.botocore_stubber import BotocoreStubber  # noqa: PLC0415 - after cloud.py has set moto's environment

        from slipway_sandbox.identities.guard import acting  # noqa: PLC0415 - as above

        corrections.install()
        stubber = BotocoreStubber()
        stubber.enabled = True
        session = botocore.session.Session()

        # moto keeps plain dicts without locks; one call at a time costs nothing, as Python runs one thread at a time anyway.
        def answer(event_name: str, request: AWSPreparedRequest, **context: Value) -> AWSResponse | None:
            with self._entered(), self._lock, acting(_admitted.get().principal):
                return stubber(event_name, request, **context)

        session.register("before-send", answer)
        session.get_component("event_emitter").register_last("before-parameter-build", _remember)
        session.register("before-call", _admission)
        return session

    def _retried(self, operation: str, attempt_call: Callable[[], dict[str, Value]]) -> dict[str, Value]:
        for attempt in range(RETRIES + 1):
            try:
                return attempt_call()
            except ClientError as error:
                code, message = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
                if attempt == RETRIES or not _may_pass(error):
                    raise AwsError(operation, code, message) from error
                time.sleep(min(self._first_pause_seconds * 2**attempt, LONGEST_PAUSE_SECONDS))
            except ParamValidationError as error:
                reason = str(error).removeprefix("Parameter validation failed:").strip().replace("\n", "; ")
                raise AwsError(operation, "ValidationError", reason) from error
            except BotoCoreError as error:
                raise AwsError(operation, type(error).__name__, str(error)) from error
            except NotImplementedError as error:
                raise AwsError(
                    operation, "NotImplemented", f"the sandbox's AWS (moto) cannot do this: {error}"
                ) from error
        raise AssertionError("unreachable")


def _may_pass(error: ClientError) -> bool:
    """Whether the same call may succeed a moment later: throttling, and the service's own faults."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= http.HTTPStatus.INTERNAL_SERVER_ERROR or any(
        word in error.response["Error"].get("Code", "") for word in THROTTLED
    )


def _remember(params: dict[str, object], context: dict[str, Any], **_: object) -> None:
    context[PARAMETERS] = params


def _admission(
    model: OperationModel, context: dict[str, Any], **_: object
) -> tuple[AWSResponse, dict[str, Value]] | None:
    """The error for a call that may not go on, in place of moto's answer."""
    parameters, service = context[PARAMETERS], str(model.service_model.service_name)
    answer = _admitting.get()(Asked(service, str(model.name), parameters, context["client_region"]))
    if isinstance(answer, Admission):
        _admitted.set(answer)
        return None
    error: dict[str, Value] = {"Code": answer.code, "Message": answer.message}
    parsed: dict[str, Value] = {"Error": error, "ResponseMetadata": {"HTTPStatusCode": int(answer.status)}}
    return AWSResponse("", int(answer.status), {}, None), parsed


def _introduced(service: str, region: str) -> Callable[..., None]:
    """Puts account and region into the Authorization header; moto reads both there."""

    def introduce(request: AWSPreparedRequest, **_: Value) -> None:
        keys = _admitted.get().keys
        if keys is None:
            return
        credential = f"Credential={keys.key_id}/20260101/{region}/{service}/aws4_request"
        request.headers["Authorization"] = f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=none"
        if keys.token:
            request.headers["X-Amz-Security-Token"] = keys.token

    return introduce
