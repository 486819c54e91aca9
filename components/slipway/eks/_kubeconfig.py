"""The kubeconfig of a cluster, and the command that writes one.

It holds no secret: whoever uses it signs in with credentials of their own, which must allow them to assume the role.
Source: https://docs.aws.amazon.com/eks/latest/userguide/create-kubeconfig.html
"""

import json
import shlex
from dataclasses import dataclass

EXEC_VERSION = "client.authentication.k8s.io/v1beta1"


@dataclass(frozen=True)
class ClusterAccess:
    """A way into a cluster."""

    name: str
    arn: str
    region: str
    endpoint: str
    certificate_authority: str
    """Certificate in PEM, in base64."""
    role_arn: str
    """Role that kubectl assumes."""

    def kubeconfig(self) -> str:
        """A kubeconfig in JSON, with this cluster alone."""
        cluster = {"server": self.endpoint, "certificate-authority-data": self.certificate_authority}
        command = ["--region", self.region, "eks", "get-token", "--cluster-name", self.name]
        sign_in = {
            "apiVersion": EXEC_VERSION,
            "command": "aws",
            "args": [*command, "--role-arn", self.role_arn, "--output", "json"],
            "interactiveMode": "Never",
        }
        return json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": self.arn, "cluster": cluster}],
                "users": [{"name": self.arn, "user": {"exec": sign_in}}],
                "contexts": [{"name": self.arn, "context": {"cluster": self.arn, "user": self.arn}}],
                "current-context": self.arn,
            }
        )

    def command(self) -> str:
        """The command that adds the cluster to a person's own kubeconfig."""
        options = ["--name", self.name, "--region", self.region, "--role-arn", self.role_arn]
        return shlex.join(["aws", "eks", "update-kubeconfig", *options])
