"""Serves a provider on loopback, for the engine to attach to (PULUMI_DEBUG_PROVIDERS).

Each answer for the user, and each traceback in the log, is without the secrets of its request.
"""

import logging
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn, TypeVar

import grpc
from google.protobuf import any_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from slipway_sandbox.callers import stranger
from slipway_sandbox.process.ports import LOOPBACK
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.errors import IncompleteResourceError, ProviderError
from slipway_sandbox.provider.protocol.hiding import Hide, request_hider

THREADS = 64  # more than the engine's default parallelism on a small machine; a wait for a steady service holds one
MESSAGE_LIMIT_BYTES = 400 * 1024 * 1024  # the engine's own limit
CHANGES = ("/Create", "/Update")

Request = TypeVar("Request")
Response = TypeVar("Response")
log = logging.getLogger(__name__)


def serve(
    servicer: provider_pb2_grpc.ResourceProviderServicer, port: int = 0, obstacle: Callable[[], str] = str
) -> tuple[grpc.Server, int]:
    """Starts serving on 127.0.0.1 and returns the server and its port; port 0 picks a free one.

    `obstacle` is asked before every creation and update: a sentence refuses it. Default: nothing stands in the way.
    Raises OSError when the port is taken. Stop it with `server.stop(grace)`.
    """
    options = [
        ("grpc.so_reuseport", 0),
        ("grpc.max_receive_message_length", MESSAGE_LIMIT_BYTES),
        ("grpc.max_send_message_length", MESSAGE_LIMIT_BYTES),
    ]
    pool = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix=type(servicer).__name__)
    users = _Users()
    server = grpc.server(pool, interceptors=[users, _Errors(obstacle)], options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    try:
        bound = server.add_insecure_port(f"{LOOPBACK}:{port}")
    except RuntimeError as error:
        raise OSError(f"port {port} on 127.0.0.1 is taken; stop its listener or choose another port") from error
    users.port = bound
    server.start()
    return server, bound


class _Users(grpc.ServerInterceptor):
    """Refuses other users of this machine: the engine's port has no password."""

    port = 0

    def intercept_service(
        self,
        continuation: "Callable[[grpc.HandlerCallDetails], grpc.RpcMethodHandler[Request, Response] | None]",
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "grpc.RpcMethodHandler[Request, Response] | None":
        handler = continuation(handler_call_details)
        method = handler.unary_unary if handler else None
        if handler is None or method is None:
            return handler

        def guarded(request: Request, context: grpc.ServicerContext) -> Response:
            host, _, port = context.peer().removeprefix("ipv4:").rpartition(":")
            if sentence := stranger((host, int(port)), (LOOPBACK, self.port)):
                context.abort(grpc.StatusCode.PERMISSION_DENIED, sentence)
            return method(request, context)

        return grpc.unary_unary_rpc_method_handler(guarded, handler.request_deserializer, handler.response_serializer)


class _Errors(grpc.ServerInterceptor):
    """Turns an exception of a handler into a gRPC error with a sentence; the traceback of a bug goes to the log.

    Neither has a secret of the request, and the reasons of a Check have none.
    """

    def __init__(self, obstacle: Callable[[], str]) -> None:
        self._obstacle = obstacle

    def intercept_service(
        self,
        continuation: "Callable[[grpc.HandlerCallDetails], grpc.RpcMethodHandler[Request, Response] | None]",
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "grpc.RpcMethodHandler[Request, Response] | None":
        handler = continuation(handler_call_details)
        method = handler.unary_unary if handler else None
        if handler is None or method is None:
            return handler

        def guarded(request: Request, context: grpc.ServicerContext) -> Response:
            try:
                if handler_call_details.method.endswith(CHANGES) and not getattr(request, "preview", False):
                    self._refuse_at_an_obstacle()
                response = method(request, context)
            except ProviderError as error:
                _abort(context, error, request_hider(request))
            except Exception as error:
                if context.code() is not None:  # type: ignore[attr-defined]  # the handler itself aborted with a status
                    raise
                _abort_bug(context, error, request, handler_call_details.method.rpartition("/")[2])
            if isinstance(response, provider_pb2.CheckResponse) and response.failures:
                hide = request_hider(request)
                for failure in response.failures:
                    failure.reason = hide(failure.reason)
            return response

        return grpc.unary_unary_rpc_method_handler(guarded, handler.request_deserializer, handler.response_serializer)

    def _refuse_at_an_obstacle(self) -> None:
        if sentence := self._obstacle():
            raise ProviderError(sentence)


def _abort(context: grpc.ServicerContext, error: ProviderError, hide: Hide) -> NoReturn:
    message = hide(str(error))
    if isinstance(error, IncompleteResourceError):
        detail = any_pb2.Any()
        detail.Pack(
            provider_pb2.ErrorResourceInitFailed(
                id=error.id,
                properties=wire.to_struct(error.properties),
                inputs=wire.to_struct(error.inputs),
                reasons=[message],
            )
        )
        status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=message, details=[detail])
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, message)


def _abort_bug(context: grpc.ServicerContext, error: Exception, request: object, method: str) -> NoReturn:
    hide = request_hider(request)
    place = getattr(request, "urn", "") or getattr(request, "tok", "")
    log.error("%s %s\n%s", method, place, hide("".join(traceback.format_exception(error))))
    context.abort(
        grpc.StatusCode.INTERNAL,
        f"the sandbox's provider failed in {method}: {type(error).__name__}: {hide(str(error))}; "
        "the traceback is in the sandbox's log, `slipway sandbox status` says where",
    )
