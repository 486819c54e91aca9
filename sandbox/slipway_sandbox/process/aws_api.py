"""The AWS API of the sandbox: moto, served over HTTP on one port of loopback and of Docker's bridge."""

import contextlib
import http
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from moto.core.botocore_stubber import BotocoreStubber
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.sqs.models import Queue
from werkzeug.serving import BaseWSGIServer, make_server

from slipway_sandbox import corrections
from slipway_sandbox.callers import Address, AwsDoor, Doors
from slipway_sandbox.identities.answers import Error
from slipway_sandbox.identities.guard import Guard, acting
from slipway_sandbox.identities.reading.forms import form_of
from slipway_sandbox.identities.reading.incoming import whole
from slipway_sandbox.process.ports import listening
from slipway_sandbox.process.saving.gate import Gate
from slipway_sandbox.process.saving.keeper import Keeper
from slipway_sandbox.serving import Serving

# Operations that change nothing worth saving. Receiving is one: a message that was only received comes again.
READS = ("BatchGet", "Check", "Decrypt", "Describe", "Discover", "Encrypt", "Filter", "Generate", "Get", "Head", "List",
         "Lookup", "Query", "Receive", "Scan", "Search", "Select", "Simulate", "Validate", "Verify")  # fmt: skip
# Messages, log lines and figures come by the hundred. They are saved within seconds, and their callers do not wait for it.
STREAMED = ("ChangeMessageVisibility", "DeleteMessage", "Publish", "PutLogEvents", "PutMetricData", "SendMessage")

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class AwsApi:
    """Moto behind a gate. It tells the keeper of every changing call, and answers those over HTTP when they are kept.

    It listens at all `places`. `reports` answer GET of their paths, with JSON. Raises SandboxError when the port is taken.
    """

    def __init__(
        self,
        places: Sequence[Address],
        gate: Gate,
        keeper: Keeper,
        guard: Guard,
        reports: Mapping[str, Callable[[], Mapping[str, object]]],
    ) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        corrections.install()
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._door = AwsDoor(Doors(*(address for address, _ in places)), self._moto.infer_service_region_host)
        self._gate, self._keeper, self._guard, self._reports = gate, keeper, guard, reports
        self._servers: list[BaseWSGIServer] = []
        self._serving: list[Serving] = []
        for address, port in places:
            with listening(address, port, "the AWS API") as listener:
                self._servers.append(
                    make_server(
                        address, port, self._answer, True, request_handler=MotoRequestHandler, fd=listener.fileno()
                    )
                )
        self._stand_before_calls_in_process()
        self._step_out_while_polling()

    def start(self) -> None:
        self._serving = [Serving(server, "AWS API") for server in self._servers]

    def stop(self) -> None:
        for serving in self._serving:
            serving.stop()

    @contextlib.contextmanager
    def call(self, operation: str) -> Iterator[None]:
        """Stands around one AWS operation, named as AWS does; others may run at the same time, a snapshot may not."""
        with self._gate.entered():
            try:
                yield
            finally:
                if not operation.startswith(READS):
                    self._keeper.changed()

    def _answer(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if refusal := self._door.refusal(environ):
            return refusal.answer(environ, start_response)
        if report := self._reports.get(environ["PATH_INFO"]):
            with self._gate.entered():
                body = json.dumps(report()).encode()
            start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
            return [body]
        whole(environ)
        operation = _operation(environ)
        with self._gate.entered():
            caller = self._guard.examine(environ, operation)
        if isinstance(caller, Error):
            return caller.answer(environ, start_response)
        with self.call(operation), acting(caller):
            response: Iterable[bytes] = self._moto(environ, start_response)
        if not operation.startswith((*READS, *STREAMED)):
            self._keeper.keep()
        return response

    def _stand_before_calls_in_process(self) -> None:
        """The aws provider calls moto without HTTP, through moto's stubber. It asks the guard itself."""
        answer, call = BotocoreStubber.__call__, self.call

        def guarded(stubber: BotocoreStubber, event_name: str, request: object, **rest: object) -> object:
            if not stubber.enabled:
                return None
            with call(event_name.rpartition(".")[2]):
                return answer(stubber, event_name, request, **rest)

        BotocoreStubber.__call__ = guarded  # type: ignore[method-assign,assignment]

    def _step_out_while_polling(self) -> None:
        """A long poll lasts up to 20 s, and with consumers there is always one: it must not hold up a save."""
        wait, gate = Queue.wait_for_messages, self._gate

        def wait_outside(queue: Queue, timeout: int, *seen: object) -> None:
            with gate.stepped_out():
                wait(queue, timeout, *seen)

        Queue.wait_for_messages = wait_outside  # type: ignore[method-assign,assignment]


def _operation(environ: "WSGIEnvironment") -> str:
    """Name of the operation, from where the service's protocol has it; for REST: Get, or Write if in doubt."""
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return str(target).rpartition(".")[2]
    if action := form_of(environ).get("Action"):
        return action
    path, _, name = environ["PATH_INFO"].rpartition("/operation/")
    if path.startswith("/service/"):
        return str(name)
    return "Get" if environ["REQUEST_METHOD"] in (http.HTTPMethod.GET, http.HTTPMethod.HEAD) else "Write"
