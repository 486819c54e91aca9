"""Objects of a running cluster, and the containers of its pods."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import docker
from botocore.credentials import Credentials

from slipway_sandbox.process.held_files import wait_until
from tests.support.commands import HANG_SECONDS
from tests.support.eks.api_server import ApiServer
from tests.support.eks.get_token import token
from tests.support.sandbox.runtime_cloud import IMAGE

CORE = "/api/v1/namespaces/default"
PODS, SETTINGS, SECRETS = f"{CORE}/pods", f"{CORE}/configmaps", f"{CORE}/secrets"
DEPLOYMENTS, JOBS = "/apis/apps/v1/namespaces/default/deployments", "/apis/batch/v1/namespaces/default/jobs"
Json = dict[str, Any]


@dataclass(frozen=True)
class Cluster:
    """The API of a running cluster, as its administrator."""

    api: ApiServer
    keys: Credentials

    def create(self, path: str, name: str, **fields: object) -> None:
        """Makes an object."""
        status, answer = self.api.call("POST", path, self._token, {"metadata": {"name": name}, **fields})
        assert status == 201, answer

    def pod(self, name: str, script: str, **fields: object) -> None:
        """Makes a pod with one container that runs a script; `spec` has fields of the pod, the others are the container's."""
        spec = fields.pop("spec", {})
        assert isinstance(spec, dict)
        self.create(
            PODS, name, spec={"terminationGracePeriodSeconds": 1, **spec, "containers": [container(script, **fields)]}
        )

    def get(self, path: str) -> Json:
        """An object, or a list."""
        return self.api.call("GET", path, self._token)[1]

    def names(self, app: str) -> list[str]:
        """Names of the pods of an app, without those that are being deleted."""
        pods = [pod["metadata"] for pod in self.get(f"{PODS}?labelSelector=app%3D{app}")["items"]]
        return [pod["name"] for pod in pods if "deletionTimestamp" not in pod]

    def until(self, path: str, is_so: Callable[[Json], object]) -> Json:
        """An object, once a condition holds."""
        found: list[Json] = []

        def look() -> bool:
            found.append(self.get(path))
            with contextlib.suppress(KeyError, IndexError):
                return bool(is_so(found[-1]))
            return False

        assert wait_until(look, HANG_SECONDS), found[-1]
        return found[-1]

    def state_of(self, name: str, is_so: Callable[[Json], object]) -> Json:
        """The container's status of a pod, once a condition holds of it."""
        pod = self.until(f"{PODS}/{name}", lambda pod: is_so(pod["status"]["containerStatuses"][0]))
        state: Json = pod["status"]["containerStatuses"][0]
        return state

    def log(self, pod: str) -> str:
        """What a pod's container said."""
        return self.api.text(f"{PODS}/{pod}/log?container=main", self._token)

    def patch(self, path: str, body: Json) -> None:
        """Changes fields of an object."""
        assert self.api.call("PATCH", path, self._token, body)[0] == 200

    def delete(self, path: str) -> None:
        """Deletes an object and, in the foreground, what belongs to it."""
        options = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Foreground"}
        assert self.api.call("DELETE", path, self._token, options)[0] in {200, 202}
        assert wait_until(lambda: self.api.status("GET", path, self._token) == 404, HANG_SECONDS)

    @property
    def _token(self) -> str:
        return token("main", self.keys)


def container(script: str, **fields: object) -> Json:
    """A container that runs a script."""
    return {"name": "main", "image": IMAGE, "command": ["sh", "-c", script], **fields}


def pods_in_docker(name: str) -> list[str]:
    """Names of the containers of pods whose name begins so, of all sandboxes."""
    client = docker.from_env()
    try:
        found = client.api.containers(all=True, filters={"label": "slipway.pod"})
    finally:
        client.close()
    return [each["Id"] for each in found if each["Labels"]["slipway.pod"].startswith(f"default/{name}")]
