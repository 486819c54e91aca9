"""The files of one cluster's control plane: certificates, keys and configuration, each for its owner alone.

Configuration is JSON, which is YAML, too. Source: https://kubernetes.io/docs/reference/config-api/
"""

import base64
import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path

from slipway_sandbox.documents import Document
from slipway_sandbox.process.home import write_private
from slipway_sandbox.process.ports import LOOPBACK

from .certificates import Authority, Pair, token_keys

MASTERS = "system:masters"  # the group that may do everything
ANONYMOUS_PATHS = ("/healthz", "/livez", "/readyz")  # EKS answers nothing else to somebody without a name
WEBHOOK_SECONDS = 10
NAMES = ("kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local")


@dataclasses.dataclass(frozen=True)
class Webhook:
    """Where a control plane asks who calls, and what he may do."""

    url: str
    certificate: bytes
    """PEM: the server's own, which no authority signed."""


@dataclasses.dataclass(frozen=True)
class Settings:
    """A cluster's part of the arguments; they stay the same for its life."""

    arn: str
    port: int
    service_range: str
    issuer: str


class ClusterFiles:
    """The folder of one cluster."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self, settings: Settings) -> None:
        """Makes the folder, with an authority and certificates of its own."""
        self.folder.mkdir(mode=0o700, parents=True)
        authority = Authority.new()
        self._write("ca", authority.pair)
        self._write("api-server", authority.server(LOOPBACK, "localhost", *NAMES))
        keys = token_keys()
        self._write_file("service-accounts.pub", keys.certificate)
        self._write_file("service-accounts.key", keys.key)
        self._write("node", authority.client("system:node:sandbox", "system:nodes"))
        self._write("node-server", authority.server(LOOPBACK))
        self._write("kubelet-client", authority.client("kube-apiserver-kubelet-client", MASTERS))
        self._write("administrator", authority.client("slipway-sandbox", MASTERS))
        server = f"https://{LOOPBACK}:{settings.port}"
        for name in ("controller-manager", "scheduler"):
            pair = authority.client(f"system:kube-{name}")
            self._write_json(f"{name}.json", _kubeconfig(server, authority.pair.certificate, _user(pair)))
        self._write_json("authentication.json", _authentication())
        self._write_json("authorization.json", _authorization(self.folder))
        self._write_json("settings.json", dataclasses.asdict(settings))  # the last: a folder with it is whole

    def settings(self) -> Settings | None:
        """The settings; None of a folder that is not there, or was not made to its end."""
        try:
            return Settings(**json.loads((self.folder / "settings.json").read_text()))
        except FileNotFoundError:
            return None

    def connect(self, webhook: Webhook) -> None:
        """Names the webhook of this start."""
        for name in ("authentication", "authorization"):
            config = _kubeconfig(f"{webhook.url}/{self.folder.name}/{name}", webhook.certificate, {})
            self._write_json(f"{name}-webhook.json", config)

    @property
    def authority(self) -> str:
        """The authority's certificate, in PEM and base64."""
        return base64.b64encode((self.folder / "ca.crt").read_bytes()).decode()

    def _write(self, name: str, pair: Pair) -> None:
        self._write_file(f"{name}.crt", pair.certificate)
        self._write_file(f"{name}.key", pair.key)

    def _write_json(self, name: str, content: Mapping[str, object]) -> None:
        self._write_file(name, json.dumps(content, indent=1).encode())

    def _write_file(self, name: str, content: bytes) -> None:
        write_private(self.folder / name, content)


def _kubeconfig(server: str, authority: bytes, user: Document) -> Document:
    cluster = {"server": server, "certificate-authority-data": base64.b64encode(authority).decode()}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "sandbox", "cluster": cluster}],
        "users": [{"name": "sandbox", "user": user}],
        "contexts": [{"name": "sandbox", "context": {"cluster": "sandbox", "user": "sandbox"}}],
        "current-context": "sandbox",
    }


def _user(pair: Pair) -> Document:
    return {
        "client-certificate-data": base64.b64encode(pair.certificate).decode(),
        "client-key-data": base64.b64encode(pair.key).decode(),
    }


def _authentication() -> Document:
    return {
        "apiVersion": "apiserver.config.k8s.io/v1",
        "kind": "AuthenticationConfiguration",
        "anonymous": {"enabled": True, "conditions": [{"path": path} for path in ANONYMOUS_PATHS]},
    }


def _authorization(folder: Path) -> Document:
    webhook: Document = {
        "cacheAuthorizedRequests": False,  # an entry that is taken away lets nobody do anything more
        "cacheUnauthorizedRequests": False,
        "timeout": f"{WEBHOOK_SECONDS}s",
        "subjectAccessReviewVersion": "v1",
        "failurePolicy": "NoOpinion",
        "connectionInfo": {"type": "KubeConfigFile", "kubeConfigFile": str(folder / "authorization-webhook.json")},
    }
    return {
        "apiVersion": "apiserver.config.k8s.io/v1",
        "kind": "AuthorizationConfiguration",
        "authorizers": [
            {"type": "Node", "name": "node"},
            {"type": "RBAC", "name": "rbac"},
            {"type": "Webhook", "name": "access-policies", "webhook": webhook},
        ],
    }
