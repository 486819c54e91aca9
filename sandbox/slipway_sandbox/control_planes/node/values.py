"""What a pod's containers read: environment and files from config maps, secrets, the pod itself and its service account.

Source: https://kubernetes.io/docs/tasks/inject-data-application
"""

import base64
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from slipway_sandbox.documents import Document, as_object, as_text, objects
from slipway_sandbox.process.home import write_private

from .kube_api import KubeApi
from .pods import Pod, PodError

REFERENCE = re.compile(r"\$\$|\$\(([A-Za-z_.][\w.-]*)\)")
CONFIG_ERROR = "CreateContainerConfigError"
TOKEN_SECONDS = 3607  # of a service account's token, where the volume says nothing
WORLD_READABLE, FOLDER = 0o644, 0o755  # inside a folder that is its user's alone


class Values:
    """Reads for one pod, with the node's own rights: what no pod of the node names is refused."""

    def __init__(self, api: KubeApi, pod: Pod, address: str) -> None:
        self._api, self._pod, self._address = api, pod, address

    def environment(self, container: Document) -> dict[str, str]:
        """Environment of a container. Raises PodError where a config map, secret or key is missing."""
        found: dict[str, str] = {}
        for source in objects(container.get("envFrom")):
            prefix = as_text(source.get("prefix"))
            for kind in ("configMap", "secret"):
                reference = as_object(source.get(f"{kind}Ref"))
                if reference:
                    found |= {f"{prefix}{key}": value for key, value in self._texts(kind, reference).items()}
        for variable in objects(container.get("env")):
            source = as_object(variable.get("valueFrom"))
            value = self._of_source(source, container) if source else as_text(variable.get("value"))
            if value is not None:
                found[as_text(variable.get("name"))] = expanded(value, found)
        return found

    def volume(self, volume: Document, folder: Path) -> None:
        """Writes the files of a volume that is no emptyDir. Raises PodError as `environment` does."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, content in self._files(volume):
            file = folder / name
            file.parent.mkdir(mode=FOLDER, parents=True, exist_ok=True)
            write_private(file, content)
            file.chmod(WORLD_READABLE)
        for each in (folder, *folder.rglob("*")):
            if each.is_dir():
                each.chmod(FOLDER)

    def _files(self, volume: Document) -> Iterator[tuple[str, bytes]]:
        projected = as_object(volume.get("projected"))
        for source in objects(projected.get("sources")) if projected else [volume]:
            for kind, name in (("configMap", "name"), ("secret", "secretName" if not projected else "name")):
                if reference := as_object(source.get(kind)):
                    content = self._bytes(kind, {**reference, "name": reference.get(name)})
                    yield from _items(content, reference)
            for item in objects(as_object(source.get("downwardAPI")).get("items")):
                value = self._of_source({"fieldRef": item.get("fieldRef")}, {})
                yield as_text(item.get("path")), (value or "").encode()
            if token := as_object(source.get("serviceAccountToken")):
                yield as_text(token.get("path")), self._token(token).encode()

    def _of_source(self, source: Document, container: Document) -> str | None:
        if field := as_object(source.get("fieldRef")):
            return self._field(as_text(field.get("fieldPath")))
        if resource := as_object(source.get("resourceFieldRef")):
            _, _, path = as_text(resource.get("resource")).partition("limits.")
            return as_text(as_object(as_object(container.get("resources")).get("limits")).get(path))
        for kind in ("configMap", "secret"):
            if reference := as_object(source.get(f"{kind}KeyRef")):
                texts, key = self._texts(kind, reference), as_text(reference.get("key"))
                if key in texts or reference.get("optional"):
                    return texts.get(key)
                shown = "ConfigMap" if kind == "configMap" else "Secret"
                place = f"{self._pod.namespace}/{as_text(reference.get('name'))}"
                raise PodError(CONFIG_ERROR, f"couldn't find key {key} in {shown} {place}")
        raise PodError(CONFIG_ERROR, f"the sandbox's node knows no source {next(iter(source), '')} of a variable")

    def _field(self, path: str) -> str:
        pod = self._pod
        of_map = re.fullmatch(r"metadata\.(labels|annotations)\['(.+)'\]", path)
        if of_map:
            return as_text(as_object(pod.metadata.get(of_map[1])).get(of_map[2]))
        known = {
            "metadata.name": pod.name,
            "metadata.namespace": pod.namespace,
            "metadata.uid": pod.uid,
            "spec.nodeName": as_text(pod.spec.get("nodeName")),
            "spec.serviceAccountName": as_text(pod.spec.get("serviceAccountName")),
            "status.podIP": self._address,
            "status.hostIP": self._address,
        }
        if path not in known:
            raise PodError(CONFIG_ERROR, f"the sandbox's node does not know the field {path}")
        return known[path]

    def _texts(self, kind: str, reference: Document) -> dict[str, str]:
        return {key: value.decode(errors="replace") for key, value in self._bytes(kind, reference).items()}

    def _bytes(self, kind: str, reference: Document) -> dict[str, bytes]:
        name = as_text(reference.get("name"))
        found = self._api.find(f"/api/v1/namespaces/{self._pod.namespace}/{kind.lower()}s/{name}")
        if found is None:
            if reference.get("optional"):
                return {}
            raise PodError(CONFIG_ERROR, f'{kind.lower()} "{name}" not found')
        plain, encoded = ("data", "binaryData") if kind == "configMap" else ("", "data")
        content = {key: as_text(value).encode() for key, value in as_object(found.get(plain)).items()}
        return content | {key: base64.b64decode(as_text(value)) for key, value in as_object(found.get(encoded)).items()}

    def _token(self, asked: Document) -> str:
        account = as_text(self._pod.spec.get("serviceAccountName")) or "default"
        request: dict[str, object] = {
            "expirationSeconds": asked.get("expirationSeconds", TOKEN_SECONDS),
            "boundObjectRef": {"apiVersion": "v1", "kind": "Pod", "name": self._pod.name, "uid": self._pod.uid},
        }
        if audience := as_text(asked.get("audience")):
            request["audiences"] = [audience]
        path = f"/api/v1/namespaces/{self._pod.namespace}/serviceaccounts/{account}/token"
        kind = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest"}
        return as_text(as_object(self._api.call("POST", path, {**kind, "spec": request}).get("status")).get("token"))


def _items(content: Mapping[str, bytes], reference: Document) -> Iterator[tuple[str, bytes]]:
    chosen = objects(reference.get("items"))
    if not chosen:
        yield from content.items()
    for item in chosen:
        key = as_text(item.get("key"))
        if key not in content:
            raise PodError(CONFIG_ERROR, f"references non-existent config key: {key}")
        yield as_text(item.get("path")), content[key]


def expanded(text: str, variables: Mapping[str, str]) -> str:
    """`$(NAME)` as the variable's value, `$$` as a dollar; an unknown name stays as it is.

    >>> expanded("$(HOST):80 $$(HOST) $(OTHER)", {"HOST": "db"})
    'db:80 $(HOST) $(OTHER)'
    """

    def value(found: re.Match[str]) -> str:
        return "$" if found[0] == "$$" else variables.get(found[1], found[0])

    return REFERENCE.sub(value, text)
