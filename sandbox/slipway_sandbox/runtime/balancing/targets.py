"""Target health, measured: the target group's health check against the registered address.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
"""

import http.client
import logging
import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from moto.elbv2.models import FakeTargetGroup, elbv2_backends

from slipway_sandbox.corrections.elbv2 import MEASURED

PROBES_AT_ONCE = 8
# A new target is probed this often until it first answers, whatever the interval: only its first success is awaited.
INITIAL_SECONDS = 0.5

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Check:
    """How one target is probed."""

    protocol: str
    host: str
    port: int
    path: str
    timeout_seconds: float
    codes: str


@dataclass
class _Record:
    first_seen: float
    next_probe: float
    passed: int = 0
    failed: int = 0
    ever_passed: bool = False
    state: str = "initial"
    reason: str | None = "Elb.RegistrationInProgress"
    description: str | None = "Target registration is in progress"
    running: Future[tuple[str, str]] | None = None


class TargetHealth:
    """Probes every ip target of every target group, in threads; `tick` never waits."""

    def __init__(self) -> None:
        self._records: dict[tuple[str, str, int], _Record] = {}
        self._probes = ThreadPoolExecutor(PROBES_AT_ONCE, thread_name_prefix="target-health")

    def stop(self) -> None:
        """Probe no more."""
        self._probes.shutdown(wait=False, cancel_futures=True)

    def state(self, group_arn: str, host: str, port: int) -> str:
        """initial, healthy or unhealthy; unused for an unregistered target."""
        record = self._records.get((group_arn, host, port))
        return record.state if record else "unused"

    def why(self, group_arn: str, host: str, port: int) -> str:
        """Reason of an unhealthy target, in ELB's words."""
        record = self._records.get((group_arn, host, port))
        return (record.description if record else None) or ""

    def tick(self) -> None:
        """Take in results, begin due probes, and write the states where moto's API reads them."""
        now = time.monotonic()
        present = set()
        for group in _groups():
            for target in list(group.targets.values()):
                key = (group.arn, str(target["Id"]), int(target["Port"]))
                present.add(key)
                record = self._records.setdefault(key, _Record(now, now))
                self._take(record, group, now)
                if record.running is None and now >= record.next_probe:
                    record.running = self._probes.submit(probe, _check(group, key[1], key[2]))
                target[MEASURED] = (record.state, record.reason, record.description)
        for key in set(self._records) - present:
            del self._records[key]

    def _take(self, record: _Record, group: FakeTargetGroup, now: float) -> None:
        if record.running is None or not record.running.done():
            return
        reason, description = record.running.result()
        record.running = None
        interval = float(group.health_check_interval_seconds)
        if not reason:
            record.passed, record.failed = record.passed + 1, 0
            if not record.ever_passed or record.passed >= int(group.healthy_threshold_count):
                record.state, record.reason, record.description = "healthy", None, None
            record.ever_passed = True
        else:
            record.passed, record.failed = 0, record.failed + 1
            if record.ever_passed:
                given_up = record.failed >= int(group.unhealthy_threshold_count)
            else:
                given_up = now - record.first_seen >= interval * int(group.unhealthy_threshold_count)
            if given_up:
                record.state, record.reason, record.description = "unhealthy", reason, description
        record.next_probe = now + (interval if record.ever_passed else min(INITIAL_SECONDS, interval))


def probe(check: Check) -> tuple[str, str]:
    """One health check; ("", "") when it passed, else ELB's reason code and description."""
    if check.protocol not in ("HTTP", "HTTPS"):
        try:
            with socket.create_connection((check.host, check.port), check.timeout_seconds):
                return "", ""
        except OSError:
            return "Target.FailedHealthChecks", "Health checks failed"
    try:
        status = _get(check)
    except TimeoutError:
        return "Target.Timeout", "Request timed out"
    except (OSError, http.client.HTTPException):
        return "Target.FailedHealthChecks", "Health checks failed"
    if accepted(check.codes, status):
        return "", ""
    return "Target.ResponseCodeMismatch", f"Health checks failed with these codes: [{status}]"


def _get(check: Check) -> int:
    connection: http.client.HTTPConnection
    if check.protocol == "HTTPS":
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # a load balancer trusts any certificate
        connection = http.client.HTTPSConnection(check.host, check.port, timeout=check.timeout_seconds, context=context)
    else:
        connection = http.client.HTTPConnection(check.host, check.port, timeout=check.timeout_seconds)
    try:
        connection.request("GET", check.path, headers={"User-Agent": "ELB-HealthChecker/2.0", "Connection": "close"})
        return connection.getresponse().status
    finally:
        connection.close()


def accepted(codes: str, status: int) -> bool:
    """Whether a matcher such as 200, 200,202 or 200-299 takes this status."""
    for part in codes.split(","):
        low, _, high = part.strip().partition("-")
        if int(low) <= status <= int(high or low):
            return True
    return False


def _groups() -> Iterator[FakeTargetGroup]:
    for account in list(elbv2_backends.values()):
        for backend in list(account.values()):
            for group in list(backend.target_groups.values()):
                if group.target_type == "ip" and group.health_check_enabled:
                    yield group


def _check(group: FakeTargetGroup, host: str, port: int) -> Check:
    asked = str(group.health_check_port or "traffic-port")
    return Check(
        protocol=str(group.health_check_protocol or group.protocol),
        host=host,
        port=port if asked == "traffic-port" else int(asked),
        path=group.health_check_path or "/",
        timeout_seconds=float(group.health_check_timeout_seconds),
        codes=str((getattr(group, "matcher", None) or {}).get("HttpCode") or "200"),
    )
