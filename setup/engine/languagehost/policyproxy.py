"""Gives a policy pack its stack's name and configuration before it starts.

A Python policy pack reads project, stack and configuration from its environment, but the engine tells them with a call to
the running pack (ConfigureStack). So the engine first talks to this stand-in. The first call starts the pack, and every call
after it is passed through.

Source: https://github.com/pulumi/pulumi/blob/master/proto/pulumi/analyzer.proto
"""

import json
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import grpc

from . import protocol

Method = Callable[[bytes, grpc.ServicerContext], bytes]
SERVICE = "/pulumirpc.Analyzer/"
NO_LIMIT = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
GRACE_SECONDS = 2.0  # for calls that wait to be told why
THREADS = 16  # calls of the engine that run at once; each waits for the pack's answer


class PolicyProxy(grpc.GenericRpcHandler):
    """Stands in for one policy pack. `port` is where the engine finds it."""

    def __init__(self) -> None:
        self.configuration: Future[bytes | None] = Future()
        """The ConfigureStack message as it came; None when the engine asks for something else first."""
        self._pack: Future[grpc.Channel] = Future()
        self._server = grpc.server(ThreadPoolExecutor(THREADS), handlers=[self], options=NO_LIMIT)
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[bytes, bytes]":
        """grpc asks here who handles a method: bytes in, bytes out."""
        method: str = handler_call_details.method
        own: dict[str, Method] = {
            f"{SERVICE}Handshake": self._handshake,
            f"{SERVICE}ConfigureStack": self._configure_stack,
        }
        return grpc.unary_unary_rpc_method_handler(own.get(method, self._forward(method)))

    def _handshake(self, _request: bytes, _context: grpc.ServicerContext) -> bytes:
        return bytes(protocol.analyzer.AnalyzerHandshakeResponse().SerializeToString())

    def _configure_stack(self, request: bytes, _context: grpc.ServicerContext) -> bytes:
        self._settle(request)
        return bytes(protocol.analyzer.AnalyzerStackConfigureResponse().SerializeToString())

    def _settle(self, configuration: bytes | None) -> None:
        if not self.configuration.done():
            self.configuration.set_result(configuration)

    def _forward(self, method: str) -> Method:
        def call(request: bytes, context: grpc.ServicerContext) -> bytes:
            self._settle(None)
            try:
                return bytes(self._pack.result().unary_unary(method, bytes, bytes)(request))
            except grpc.RpcError as error:
                context.abort(error.code(), error.details() or str(error.code()))
                raise
            except ConnectionError as error:
                context.abort(grpc.StatusCode.UNAVAILABLE, str(error))
                raise

        return call

    def environment(self) -> dict[str, str]:
        """Wait for the engine; then the environment variables for the SDK in the pack."""
        message = self.configuration.result()
        if message is None:
            return {}
        stack = protocol.analyzer.AnalyzerStackConfigureRequest.FromString(message)
        variables = {
            "PULUMI_ORGANIZATION": stack.organization,
            "PULUMI_PROJECT": stack.project,
            "PULUMI_STACK": stack.stack,
            "PULUMI_DRY_RUN": str(stack.dry_run).lower(),
            "PULUMI_CONFIG": json.dumps(dict(stack.config)),
        }
        return {name: value for name, value in variables.items() if value}

    def attach(self, port: int) -> None:
        """Connect to the pack: it has started and listens on `port`."""
        channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=NO_LIMIT)
        message = self.configuration.result()
        if message is not None:
            try:
                channel.unary_unary(f"{SERVICE}ConfigureStack", bytes, bytes)(message)
            except grpc.RpcError as error:
                if error.code() is not grpc.StatusCode.UNIMPLEMENTED:  # an older pulumi-policy does without it
                    self.close(error.details() or str(error.code()))
                    return
        if not self._pack.done():
            self._pack.set_result(channel)

    def close(self, why: str) -> None:
        """End the stand-in; calls waiting for the pack fail with `why`."""
        self._settle(None)
        if not self._pack.done():
            self._pack.set_exception(ConnectionError(why))
        self._server.stop(GRACE_SECONDS)  # returns at once
