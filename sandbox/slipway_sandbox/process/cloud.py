"""The sandbox's background process: the AWS API, both providers, the runtime and the registry, from start to stop.

`slipway sandbox start` runs `python -m slipway_sandbox.process.cloud <home> <ready fd> <lock fd>` and waits for one line on
the ready fd: empty when all parts answer, else one sentence with the reason. The lock fd keeps other
commands waiting.
"""

import contextlib
import dataclasses
import gc
import logging
import os
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from slipway_sandbox import callers, clock, disk
from slipway_sandbox.backend import EngineState
from slipway_sandbox.clock import Clock
from slipway_sandbox.control_planes.child import end_orphans
from slipway_sandbox.errors import SandboxError
from slipway_sandbox.process import shell, stacks
from slipway_sandbox.process.held_files import hold, is_there, write_pid
from slipway_sandbox.process.home import Home, Ports, Record, read_record, write_record
from slipway_sandbox.process.ports import (
    DENIED_PATH,
    LOOPBACK,
    RIGHTS_PATH,
    STATUS_PATH,
    bridge_address,
    free_ports,
    require_free,
)
from slipway_sandbox.process.status import RUNNING, CloudStatus
from slipway_sandbox.registry import process as registry

LOOK_SECONDS = 1.0
ENDING_SECONDS = 15.0  # one that was told to end by a signal, not by `stop`, may still be at it

log = logging.getLogger("sandbox")


class Cloud:
    """All parts of one sandbox, running once made.

    Raises SandboxError, with nothing left running, when a part cannot start.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._parts = contextlib.ExitStack()
        try:
            self._start()
        except BaseException:
            self._parts.close()
            raise

    def stop(self) -> None:
        """Saves the cloud and ends all parts."""
        self._keeper.save()  # first of all: whoever loses patience and kills this process loses nothing
        self.abandon()
        self._keeper.save(finally_=True)
        stopped = dataclasses.replace(self._record, pid=None, started_at=None, clock=self._clock.going_on(1.0))
        write_record(self._home, stopped)

    def abandon(self) -> None:
        """Ends all parts and keeps nothing."""
        try:
            self._parts.close()
        except Exception:
            log.exception("a part did not end as it should")

    def _start(self) -> None:
        home = self._home
        registry.end_orphan(home)
        end_orphans(home.control_planes)
        bridge = bridge_address()
        addresses = [LOOPBACK, bridge] if bridge else [LOOPBACK]
        known = read_record(home)
        ports = known.ports if known else Ports(*free_ports(len(dataclasses.fields(Ports)), addresses))
        require_free({ports.moto: "the AWS API"}, addresses)
        named = {
            ports.aws: "the aws provider",
            ports.docker: "the docker provider",
            ports.registry: "the image registry",
        }
        require_free(named, [LOOPBACK])
        os.environ.update(
            shell.aws_variables(home, ports)
        )  # whatever makes an AWS client in this process means this cloud
        self._registry = registry.begin(home)  # it gets ready while moto is imported
        self._parts.callback(self._registry.stop)
        self._clock = (known.clock if known else Clock()).going_on(float(os.environ.get(clock.VARIABLE) or 1))
        clock.attach(self._clock.now, self._clock.speed)
        self._parts.callback(clock.detach)
        self._serve_aws(addresses, ports)
        self._serve_providers(ports)
        self._serve_images(ports)
        self._run_containers(bridge or LOOPBACK, ports)
        self._run_control_planes(ports)
        self._keeper.start()
        self._record = Record(ports, os.getpid(), datetime.now(UTC).isoformat(), bridge, self._clock)
        write_record(home, self._record)
        log.info("ready: %s", self._record)

    def _serve_aws(self, addresses: list[str], ports: Ports) -> None:
        from slipway_sandbox.process.read_once import read_late  # noqa: PLC0415 - imports boto3

        read_late()
        from slipway_sandbox.corrections.policies import asking  # noqa: PLC0415 - imports moto
        from slipway_sandbox.identities import verdicts  # noqa: PLC0415 - as above
        from slipway_sandbox.identities.denials import Denials  # noqa: PLC0415
        from slipway_sandbox.identities.guard import Guard  # noqa: PLC0415
        from slipway_sandbox.identities.sessions import Sessions  # noqa: PLC0415
        from slipway_sandbox.process.aws_api import AwsApi  # noqa: PLC0415 - 0.3 s, while the registry gets ready
        from slipway_sandbox.process.saving.gate import Gate  # noqa: PLC0415
        from slipway_sandbox.process.saving.keeper import Keeper  # noqa: PLC0415

        self._gate = Gate()
        self._keeper = Keeper(self._home, self._gate)
        self._parts.callback(self._keeper.stop)  # the last part to end, since calls under way wait for it
        stacks.bind(self._home, self._keeper.cloud_id, restored=self._keeper.restored)
        self._sessions, self._denials = Sessions(), (denials := Denials())
        self._guard = Guard(self._sessions, self._denials)
        asking.attach(lambda call, who: verdicts.refusal_of(call, who, self._denials, datetime.now(UTC)))
        self._parts.callback(asking.detach)
        reports = {STATUS_PATH: self._status, DENIED_PATH: denials.report, RIGHTS_PATH: denials.rights.report}
        api = AwsApi([(address, ports.moto) for address in addresses], self._gate, self._keeper, self._guard, reports)
        api.start()
        self._parts.callback(api.stop)

    def _serve_providers(self, ports: Ports) -> None:
        from slipway_sandbox.provider.aws.interrupted.creations import Creations  # noqa: PLC0415 - imports pulumi
        from slipway_sandbox.provider.serving import serving  # noqa: PLC0415

        keeper = self._keeper
        self.creations = Creations(
            EngineState(self._home.state), self._gate, keeper.keep, restored=keeper.restored_creations
        )
        keeper.creations = self.creations.saved
        self._parts.enter_context(serving(ports, self.creations, self._guard, self._obstacle))

    def _obstacle(self) -> str:
        """Why nothing may be created now; empty where it may."""
        lacking = disk.shortage(self._home.path, disk.RESERVE_MIB, "the stack's state")
        return lacking and f"{lacking}; free some, and run the same command again"

    def _serve_images(self, ports: Ports) -> None:
        from slipway_sandbox.corrections.ecr import registry as ecr  # noqa: PLC0415 - imports moto

        front, storage = registry.serve(self._registry, self._home, ports.registry)
        self._parts.callback(front.stop)
        ecr.attach(ecr.Registry(f"localhost:{ports.registry}", storage))
        self._parts.callback(ecr.detach)

    def _run_control_planes(self, ports: Ports) -> None:
        from slipway_sandbox.control_planes.clusters import Containers  # noqa: PLC0415 - imports moto
        from slipway_sandbox.control_planes.serving import serving  # noqa: PLC0415 - as above

        containers = Containers(self._controller.owner, f"localhost:{ports.registry}")
        self._control_planes = self._parts.enter_context(
            serving(self._home, self._sessions, self._gate.entered, self._keeper.changed, containers)
        )

    def _run_containers(self, address: str, ports: Ports) -> None:
        from slipway_sandbox.runtime.controller import Controller  # noqa: PLC0415 - imports moto
        from slipway_sandbox.runtime.ecs.task_identity import TaskIdentities  # noqa: PLC0415 - as above

        self._controller = Controller(
            identities=TaskIdentities(f"http://{address}:{ports.moto}", self._sessions, self._denials),
            registry=f"localhost:{ports.registry}",
            home=self._home.runtime,
            entered=self._gate.entered,
            keys=self._home.keys,
        )
        self._controller.start()
        self._parts.callback(self._controller.stop)

    def _status(self) -> CloudStatus:
        from slipway_sandbox.process import contents  # noqa: PLC0415 - imports moto

        return {
            "cloud_id": self._keeper.cloud_id,
            "saved_at": self._keeper.saved_at,
            "save_failure": self._keeper.failure,
            "lost_changes": self._keeper.lost_changes,
            "registry": "running" if self._registry.is_running() else "ended",
            "containers": self._controller.off_because or RUNNING,
            "lacking": self._controller.lacking() + self._control_planes.lacking() + callers.cannot_tell(),
            "urls": self._controller.urls(),
            "instances": {
                id_: {"command": way.command, "note": way.note} for id_, way in self._controller.ways_in().items()
            },
            "contents": contents.count(),
        }


def main(home: Home, ready: int, turn: int) -> int:
    """Runs the sandbox until SIGTERM or SIGINT, and returns the exit code."""
    os.umask(0o077)  # every file and folder of it is its user's alone
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    lock = hold(home.lock, ENDING_SECONDS)
    if lock is None:
        return _tell(ready, "a sandbox of this directory is still ending; run `slipway sandbox stop`")
    write_pid(lock, os.getpid())
    gc.disable()  # moto's tables are a million objects that stay; looking for garbage among them is a third of a start
    try:
        cloud = Cloud(home)
    except SandboxError as error:
        log.error("%s", error)  # noqa: TRY400 - a sentence for the user; a traceback says no more
        return _tell(ready, str(error))
    except Exception as error:
        log.exception("the sandbox did not start")
        return _tell(
            ready, f"the sandbox did not start ({type(error).__name__}: {error}); {home.log} has the traceback"
        )
    gc.freeze()
    gc.enable()
    os.close(turn)
    _tell(ready, "")
    while not stopping.wait(LOOK_SECONDS):
        if not is_there(home.lock, lock):  # somebody removed the directory; another sandbox may be in it by now
            cloud.abandon()
            return 1
        cloud.creations.settle()
    log.info("stopping")
    cloud.stop()
    log.info("stopped")
    return 0


def _tell(ready: int, sentence: str) -> int:
    """Writes one line to the waiting command, if it still waits. Returns the exit code."""
    with contextlib.suppress(BrokenPipeError):
        os.write(ready, f"{sentence}\n".encode())
    os.close(ready)
    return 1 if sentence else 0


if __name__ == "__main__":
    code = main(Home(Path(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3]))
    logging.shutdown()
    os._exit(code)  # a provider's thread may be amid a wait of minutes
