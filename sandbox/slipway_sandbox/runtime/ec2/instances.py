"""EC2 instances with a key pair as containers with sshd; it accepts the pair's key.

A container is made anew when its door changes, as Docker cannot change its ports; the volume /home stays. Docker's
work is done in threads of its own; they never touch moto.
"""

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from docker.errors import DockerException
from moto.ec2.models import ec2_backends

from slipway_sandbox.runtime.containers.definitions import DockerArguments
from slipway_sandbox.runtime.containers.host import DockerHost
from slipway_sandbox.runtime.containers.names import name_of_instance
from slipway_sandbox.runtime.containers.specs import TaskError
from slipway_sandbox.runtime.ec2.instance_files import UNKNOWN_KEY, InstanceFiles, private_key_file
from slipway_sandbox.runtime.ec2.instance_spec import (
    IMAGE,
    SSH_PORT,
    USER,
    Door,
    Made,
    Wanted,
    WayIn,
    action,
    command,
    image_is_missing,
    routes,
    wanted,
)
from slipway_sandbox.runtime.ec2.metadata_service import MetadataService, forwarder

AT_ONCE = 2
SETTLE_SECONDS = 1.0  # Docker's list is at most this old
RETRY_SECONDS = 10.0
LISTENS = f"timeout 20 sh -c 'until ss --listening --tcp --no-header sport = :{SSH_PORT} | grep --quiet .; do sleep 0.05; done'"
SHUT = "no security group of it lets port 22 in"

log = logging.getLogger(__name__)


@dataclass
class Machine:
    """State of one instance's container; a job and the tick never write it at the same time."""

    wanted: Wanted | None = None
    container: str = ""
    door: Door | None = None
    """The one it was made with."""
    opened: tuple[str, int] | None = None
    """Address and port on this machine."""
    refused: str = ""
    """Why it is another than the instance's public address."""
    bridge: str = ""
    """Address of the container on Docker's bridge."""
    routes: frozenset[tuple[str, str]] = frozenset()
    """Private addresses of reachable instances, with their bridge addresses."""
    asked_routes: frozenset[tuple[str, str]] = frozenset()
    public_key: str = ""
    has_home: bool = False
    trouble: str = ""
    ended: bool = False
    job: Future[None] | None = None
    next_look: float = 0.0
    """time.monotonic()."""


class Instances:
    """The containers of one sandbox's EC2 instances. `tick` never waits.

    `home` keeps the instances' files, `keys` has the private keys for `ways_in`, `metadata` answers the instances' questions.
    """

    def __init__(self, host: DockerHost, home: Path, keys: Path | None, metadata: MetadataService) -> None:
        self._host = host
        self._metadata = metadata
        self._files = InstanceFiles(home)
        self._keys = keys
        self._machines: dict[str, Machine] = {}
        self._swept = False
        self._jobs = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="instances")

    def stop(self) -> None:
        """Begin nothing more, and wait for running jobs; the caller removes the containers."""
        self._jobs.shutdown(wait=True, cancel_futures=True)
        self._metadata.close()

    def ways_in(self) -> dict[str, WayIn]:
        """Way into each running instance with a key, by its id."""
        found = {}
        for instance, machine in list(self._machines.items()):
            if machine.wanted is None or not machine.wanted.running:
                continue
            if machine.opened and machine.container:
                key = private_key_file(self._keys, machine.public_key) if self._keys else UNKNOWN_KEY
                found[instance] = WayIn(command(*machine.opened, key), machine.refused)
            elif machine.container:
                found[instance] = WayIn("", SHUT)
            else:
                found[instance] = WayIn("", machine.trouble or "starting")
        return found

    def tick(self) -> None:
        """Compare EC2's instances with their containers, and begin the next steps."""
        present = {entry.id: entry for entry in self._present()}
        if not self._swept:
            self._files.forget_all_but(present)
            self._swept = True
        for instance in present.keys() - self._machines.keys():
            self._machines[instance] = Machine()
        standing = {key: it.bridge for key, it in self._machines.items() if it.bridge and key in present}
        ways = routes({key: present[key].place for key in standing}, standing)
        for instance, machine in list(self._machines.items()):
            if machine.job is not None and not machine.job.done():
                continue
            machine.wanted = present.get(instance)
            machine.asked_routes = ways.get(instance, frozenset())
            if machine.ended:
                del self._machines[instance]
            elif time.monotonic() >= machine.next_look:
                self._begin(instance, machine)

    def _present(self) -> Iterator[Wanted]:
        for account in list(ec2_backends.values()):
            for backend in list(account.values()):
                for instance in backend.all_instances():
                    entry = wanted(instance, backend.key_pairs)
                    if entry is not None and (entry.public_key or self._files.has(entry.id)):
                        yield entry

    def _begin(self, instance: str, machine: Machine) -> None:
        made = None
        if machine.container and machine.door is not None:
            seen = self._host.seen(machine.container)
            made = Made(machine.door, seen is not None and seen.state == "running")
        step = {"make": self._make, "halt": self._halt, "end": self._end}.get(action(machine.wanted, made))
        if step is None and machine.bridge and machine.asked_routes != machine.routes:
            step = self._lead
        if step is not None:
            machine.job = self._jobs.submit(self._do, step, instance, machine)

    def _do(self, step: Callable[[str, Machine], None], instance: str, machine: Machine) -> None:
        wait = SETTLE_SECONDS
        try:
            step(instance, machine)
            machine.trouble = ""
        except Exception as error:  # the next try may succeed, and the others' do not depend on it
            wait = RETRY_SECONDS
            known = isinstance(error, TaskError | DockerException | OSError)
            trouble = str(error) if known else f"{error!r}; see the sandbox's log"
            if trouble != machine.trouble:
                log.warning("instance %s: %s", instance, trouble, exc_info=not known)
            machine.trouble = trouble
        machine.next_look = time.monotonic() + wait

    def _make(self, instance: str, machine: Machine) -> None:
        """A container anew; where no address takes its port, on the next one."""
        now = machine.wanted
        if now is None or not self._host.images.has(IMAGE):
            raise TaskError(image_is_missing())
        self._halt(instance, machine)
        self._files.keep(instance, now.public_key)
        machine.public_key = self._files.public_key(instance)
        self._host.create_volume(_volume(instance))
        refused = ""
        bindings: list[tuple[str, int | None] | None] = [*now.door.ports()]
        for binding in bindings or [None]:
            try:
                self._start(now, machine, binding)
            except TaskError as error:
                self._halt(instance, machine)
                if binding is None or binding[1] is None:
                    raise
                refused = f"{binding[0]}:{binding[1]} cannot be opened here: {str(error).rsplit(': ', 1)[-1]}"
                log.warning("instance %s: %s", instance, refused)
                continue
            break
        machine.door, machine.refused = now.door, refused

    def _start(self, now: Wanted, machine: Machine, binding: tuple[str, int | None] | None) -> None:
        arguments: DockerArguments = {
            "name": name_of_instance(now.id),
            "hostname": now.hostname,
            "network_mode": "bridge",
            "cap_add": ["NET_ADMIN"],  # for its root alone: addresses and routes of the VPC
            "volumes": {_volume(now.id): {"bind": f"/home/{USER}", "mode": "rw"}},
            "ports": {f"{SSH_PORT}/tcp": binding} if binding else {},
        }
        machine.container = self._host.create(IMAGE, arguments, {"slipway.instance": now.id})
        self._host.put(
            machine.container, self._files.archive(now.id, with_home=not machine.has_home, api=self._metadata.api)
        )
        machine.has_home = True
        self._host.start(machine.container)
        machine.bridge = self._host.address(machine.container)
        lines = [f"ip address replace {now.place.address}/32 dev lo"]
        if address := self._host.link_local_address():
            lines.append(forwarder(*self._metadata.open(address)))
            self._metadata.admit(machine.bridge, now.id)
        # Docker takes connections on the port before sshd does, and resets them.
        self._host.run_as_root(machine.container, "\n".join([*lines, LISTENS]))
        machine.opened = (binding[0], self._host.published(machine.container, SSH_PORT)) if binding else None

    def _lead(self, _: str, machine: Machine) -> None:
        """Routes to the private addresses of the admitting instances, and to no others."""
        asked = machine.asked_routes
        gone = {address for address, _ in machine.routes} - {address for address, _ in asked}
        lines = [f"ip route replace {address}/32 via {bridge}" for address, bridge in sorted(asked - machine.routes)]
        lines += [f"ip route delete {address}/32" for address in sorted(gone)]
        self._host.run_as_root(machine.container, "\n".join(lines))
        machine.routes = asked

    def _halt(self, _: str, machine: Machine) -> None:
        self._metadata.forget(machine.bridge)  # before a task gets the address
        if machine.container:
            self._host.removals.now([machine.container], [])
        machine.container, machine.door, machine.opened = "", None, None
        machine.bridge, machine.routes = "", frozenset()

    def _end(self, instance: str, machine: Machine) -> None:
        self._halt(instance, machine)
        self._host.removals.now([], [_volume(instance)])
        self._files.forget(instance)
        self._metadata.end(instance)
        machine.ended = True


def _volume(instance: str) -> str:
    return f"slipway-{instance}-home"
