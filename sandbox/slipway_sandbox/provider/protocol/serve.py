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

from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.errors import IncompleteResourceError, ProviderError
from slipway_sandbox.provider.protocol.hiding import Hide, request_hider

THREADS = 64  # more than the engine's default parallelism on a small machine; a wait for a steady service holds one
MESSAGE_LIMIT_BYTES = 400 * 1024 * 1024  # the engine's own limit

Request = TypeVar("Request")
Response = TypeVar("Response")
log = logging.getLogger(__name__)


def serve(servicer: provider_pb2_grpc.ResourceProviderServicer, port: int = 0) -> tuple[grpc.Server, int]:
    """Starts serving on 127.0.0.1 and returns the server and its port; port 0 picks a free one.

    Raises OSError when the port is taken. Stop it with `server.stop(grace)`.
    """
    options = [
        ("grpc.so_reuseport", 0),
        ("grpc.max_receive_message_length", MESSAGE_LIMIT_BYTES),
        ("grpc.max_send_message_length", MESSAGE_LIMIT_BYTES),
    ]
    pool = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix=type(servicer).__name__)
    server = grpc.server(pool, interceptors=[_Errors()], options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    try:
        bound = server.add_insecure_port(f"127.0.0.1:{port}")
    except RuntimeError as error:
        raise OSError(f"port {port} on 127.0.0.1 is taken; stop its listener or choose another port") from error
    server.start()
    return server, bound


class _Errors(grpc.ServerInterceptor):
    """Turns an exception of a handler into a gRPC error with a sentence; the traceback of a bug goes to the log.

    Neither has a secret of the request, and the reasons of a Check have none.
    """

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
