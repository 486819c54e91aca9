"""The instance metadata service, as EC2 has it at 169.254.169.254.

That address is each instance's own: a forwarder in its container leads to one port of this machine, and the container's address on
Docker's bridge tells which instance asks. This machine may be an EC2 instance itself, whose address must not be taken.
Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
"""

import contextlib
import http
import logging
import secrets
import shlex
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from moto.ec2.models import ec2_backends
from moto.ec2.models.instances import Instance

from slipway_sandbox.runtime.ec2.instance_identity import InstanceIdentities
from slipway_sandbox.runtime.ec2.metadata import tree_of, value
from slipway_sandbox.serving import Serving

ADDRESS, PORT = "169.254.169.254", 80
TOKEN_PATH = "/latest/api/token"  # noqa: S105 - a path
TOKEN, TTL = "x-aws-ec2-metadata-token", "x-aws-ec2-metadata-token-ttl-seconds"
LONGEST_SECONDS = 21_600
# Perl is in every Debian. It listens before it goes into the background, so that nobody asks too early.
FORWARDER = f"""
use IO::Socket::INET; use IO::Select;
my $door = IO::Socket::INET->new(LocalAddr => "{ADDRESS}", LocalPort => {PORT}, Listen => 64, ReuseAddr => 1) or die "$!\\n";
exit if fork;
open(STDIN, "<", "/dev/null"); open(STDOUT, ">", "/dev/null"); open(STDERR, ">", "/dev/null");
$SIG{{CHLD}} = "IGNORE";
while (1) {{
  my $caller = $door->accept or next;
  next if fork;
  my $service = IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1]) or exit;
  my $both = IO::Select->new($caller, $service);
  while (1) {{
    for my $from ($both->can_read) {{
      sysread($from, my $bytes, 65536) or exit;
      my $to = $from == $caller ? $service : $caller;
      print $to $bytes; $to->flush;
    }}
  }}
}}
"""

log = logging.getLogger(__name__)


def forwarder(address: str, port: int) -> str:
    """Shell lines that an instance's root runs, to reach a service at 169.254.169.254."""
    return f"ip address replace {ADDRESS}/32 dev lo\nperl -e {shlex.quote(FORWARDER)} {address} {port}"


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: http.HTTPStatus
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class MetadataService:
    """Answers each instance, and nobody else. It listens from `open` on.

    `api` is the URL of the sandbox's AWS as containers reach it. `entered` stands around every look at moto's backends. `now` is a
    clock in seconds. Default: the machine's.
    """

    def __init__(
        self,
        api: str,
        identities: InstanceIdentities,
        entered: Callable[[], contextlib.AbstractContextManager[None]] = contextlib.nullcontext,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.api, self._identities, self._entered, self._now = api, identities, entered, now
        self._lock = threading.Lock()
        self._instances: dict[str, str] = {}
        self._tokens: dict[str, tuple[str, float]] = {}
        self._server: _Server | None = None
        self._serving: Serving | None = None

    def open(self, address: str) -> tuple[str, int]:
        """Listens on a free port of the address, and returns both; a second call changes nothing. Raises OSError."""
        with self._lock:
            if self._server is None:
                self._server = _Server((address, 0), self)
                self._serving = Serving(self._server, "instance metadata")
            return address, self._server.server_port

    def close(self) -> None:
        """Listens no more."""
        if self._serving is not None:
            self._serving.stop()
            self._server = self._serving = None

    def admit(self, address: str, instance_id: str) -> None:
        """From now on this address is an instance's."""
        self._instances[address] = instance_id

    def forget(self, address: str) -> None:
        """From now on this address is nobody's."""
        self._instances.pop(address, None)

    def end(self, instance_id: str) -> None:
        """Ends tokens and credentials of a terminated instance."""
        self._tokens = {token: held for token, held in list(self._tokens.items()) if held[0] != instance_id}
        self._identities.end(instance_id)

    def answer(self, address: str, method: str, path: str, headers: Mapping[str, str]) -> Answer:
        """The answer to a request from an address. Names of headers are in lower case."""
        with self._entered():
            instance = _instance(self._instances.get(address, ""))
            if instance is None or instance.metadata_options.http_endpoint != "enabled":
                return Answer(http.HTTPStatus.FORBIDDEN)
            if path == TOKEN_PATH:
                return self._token(instance.id, method, headers)
            if method != http.HTTPMethod.GET:
                return Answer(http.HTTPStatus.METHOD_NOT_ALLOWED)
            if not self._is_admitted(instance, headers.get(TOKEN)):
                return Answer(http.HTTPStatus.UNAUTHORIZED)
            text = value(tree_of(instance, self._identities.tree(instance)), path)
        return Answer(http.HTTPStatus.NOT_FOUND) if text is None else Answer(http.HTTPStatus.OK, text)

    def _token(self, instance_id: str, method: str, headers: Mapping[str, str]) -> Answer:
        if method != http.HTTPMethod.PUT:
            return Answer(http.HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "OPTIONS, PUT"})
        if headers.get("x-forwarded-for"):
            return Answer(http.HTTPStatus.FORBIDDEN)
        seconds = headers.get(TTL, "")
        if not (seconds.isascii() and seconds.isdecimal() and 1 <= int(seconds) <= LONGEST_SECONDS):
            return Answer(http.HTTPStatus.BAD_REQUEST)
        now, token = self._now(), secrets.token_urlsafe(42)
        live = {each: held for each, held in list(self._tokens.items()) if held[1] > now}
        self._tokens = {**live, token: (instance_id, now + int(seconds))}
        return Answer(http.HTTPStatus.OK, token, {TTL: seconds})

    def _is_admitted(self, instance: Instance, token: str | None) -> bool:
        if token is None:
            return bool(instance.metadata_options.http_tokens == "optional")
        owner, end = self._tokens.get(token, ("", 0.0))
        return owner == instance.id and self._now() < end


def _instance(instance_id: str) -> Instance | None:
    """moto's instance, while it runs."""
    backends = [backend for account in list(ec2_backends.values()) for backend in list(account.values())]
    found = (each for backend in backends for each in backend.all_instances() if each.id == instance_id)
    return next((each for each in found if each.state == "running"), None)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], service: MetadataService) -> None:
        self.service = service
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._reply()

    def do_PUT(self) -> None:
        self._reply()

    def _reply(self) -> None:
        headers = {name.lower(): text for name, text in self.headers.items()}
        answer = self.server.service.answer(self.client_address[0], self.command, self.path, headers)
        body = answer.text.encode("latin-1")
        self.send_response(answer.status)
        for name, text in {"Content-Type": "text/plain", **answer.headers}.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002 - the name of the overridden method's argument
        log.debug(format, *values)
