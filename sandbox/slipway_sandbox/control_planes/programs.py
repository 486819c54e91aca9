"""The programs of a control plane: where they are, and the arguments of each.

They run in the folder of their cluster, so that their Unix sockets have short names.
Source: https://kubernetes.io/docs/reference/command-line-tools-reference/
"""

from pathlib import Path

from slipway_sandbox.process.home import users_cache
from slipway_sandbox.process.ports import LOOPBACK

VERSION = "1.36.3"  # of setup/control_plane/release.py, which puts the programs there
MINOR = VERSION.rpartition(".")[0]
ETCD, API_SERVER, CONTROLLER_MANAGER, SCHEDULER = "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"
NAMES = (ETCD, API_SERVER, CONTROLLER_MANAGER, SCHEDULER)
AUDIENCE = "https://kubernetes.default.svc"  # of service account tokens, as on EKS
ETCD_SOCKET, PEER_SOCKET = "unix://etcd.sock:0", "unix://peer.sock:0"
WITHOUT = ("node-ipam-controller", "node-route-controller", "service-lb-controller", "cloud-node-lifecycle-controller")
"""Controllers that want a cloud."""


def folder() -> Path:
    """Folder of the programs, in the user's cache."""
    return users_cache() / "kubernetes" / VERSION / "bin"


def are_there() -> bool:
    """Whether this machine has all programs of a control plane."""
    return all((folder() / name).exists() for name in NAMES)


def command(name: str, port: int, service_range: str, issuer: str) -> list[str]:
    """A program with its arguments; it runs in the folder of its cluster.

    `port` is the API server's, `service_range` the addresses of services, `issuer` that of service account tokens.
    """
    arguments = {
        ETCD: _etcd(),
        API_SERVER: _api_server(port, service_range, issuer),
        CONTROLLER_MANAGER: _controller_manager(),
        SCHEDULER: {"kubeconfig": "scheduler.json", "leader-elect": "false", "secure-port": "0"},
    }[name]
    return [str(folder() / name), *(f"--{flag}={value}" for flag, value in arguments.items())]


def _etcd() -> dict[str, str]:
    return {
        "name": "sandbox",
        "data-dir": "etcd",
        "listen-client-urls": ETCD_SOCKET,
        "advertise-client-urls": ETCD_SOCKET,
        "listen-peer-urls": PEER_SOCKET,
        "initial-advertise-peer-urls": PEER_SOCKET,
        "initial-cluster": f"sandbox={PEER_SOCKET}",
        "unsafe-no-fsync": "true",
        "log-level": "error",
    }


def _api_server(port: int, service_range: str, issuer: str) -> dict[str, str]:
    return {
        "etcd-servers": ETCD_SOCKET,
        "bind-address": LOOPBACK,
        "advertise-address": LOOPBACK,
        "secure-port": str(port),
        "endpoint-reconciler-type": "none",  # no address of this machine is the pods' yet
        "tls-cert-file": "api-server.crt",
        "tls-private-key-file": "api-server.key",
        "client-ca-file": "ca.crt",
        "authentication-config": "authentication.json",
        "authentication-token-webhook-config-file": "authentication-webhook.json",
        "authentication-token-webhook-version": "v1",
        "authentication-token-webhook-cache-ttl": "0s",
        "authorization-config": "authorization.json",
        "service-account-issuer": issuer,
        "service-account-key-file": "service-accounts.pub",
        "service-account-signing-key-file": "service-accounts.key",
        "api-audiences": AUDIENCE,
        "service-cluster-ip-range": service_range,
        "kubelet-certificate-authority": "ca.crt",
        "kubelet-client-certificate": "kubelet-client.crt",
        "kubelet-client-key": "kubelet-client.key",
        "kubelet-preferred-address-types": "InternalIP",
        "enable-admission-plugins": "NodeRestriction",
        "allow-privileged": "true",
        "profiling": "false",
    }


def _controller_manager() -> dict[str, str]:
    return {
        "kubeconfig": "controller-manager.json",
        "controllers": ",".join(["*", *(f"-{name}" for name in WITHOUT)]),
        "use-service-account-credentials": "true",
        "service-account-private-key-file": "service-accounts.key",
        "root-ca-file": "ca.crt",
        "cluster-signing-cert-file": "ca.crt",
        "cluster-signing-key-file": "ca.key",
        "leader-elect": "false",
        "secure-port": "0",
    }
