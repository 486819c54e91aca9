"""Private key in a file on the machine that runs the deployment, and nowhere else: state holds the public half only.

A resource, because the file outlives a run and goes with the stack. The component plugin serves it itself (ADR 0015).
Source: https://www.pulumi.com/docs/iac/concepts/providers/dynamic-providers/
"""

from collections.abc import Mapping
from pathlib import Path

import pulumi
from pulumi import dynamic

from ._key_file import ED25519, OWNER_ONLY, fingerprint, holds, is_key, public_half, write_new_key
from ._served import is_served, moved, served_type, without_class
from ._stored_class import stored_elsewhere

KIND = "PrivateKey"


class PrivateKeyProvider(dynamic.ResourceProvider):
    """Writes a new key once, uses an existing one, and removes only a file of its own.

    State stores a reference to this class, so an edit here changes no stack.
    """

    serialize_as_secret_always = False  # it captures nothing, and a secret would hide every diff

    def check(self, _olds: Mapping[str, object], news: Mapping[str, object]) -> dynamic.CheckResult:
        """Add the public half of an existing key, so that a preview of an update knows it, and dependents stay."""
        path = Path(str(news["path"]))
        known = {"public_key": public_line(path, news["comment"])} if is_key(path) else {}
        return dynamic.CheckResult({**news, **known}, [])

    def create(self, props: Mapping[str, object]) -> dynamic.CreateResult:
        """Generate the key, or use the one in the file: after a kill between file and state, the next run goes on."""
        path = Path(str(props["path"]))
        generated = not path.exists()
        if generated:
            write_new_key(path, str(props.get("algorithm", ED25519)))
        path.chmod(OWNER_ONLY)
        public = public_line(path, props["comment"])
        outs = {"path": props["path"], "comment": props["comment"], "public_key": public, "generated": generated}
        return dynamic.CreateResult(id_=fingerprint(public), outs=outs)

    def diff(self, _id: str, olds: Mapping[str, object], news: Mapping[str, object]) -> dynamic.DiffResult:
        """Replace for a missing file, another path or another key: an instance takes its key at creation only."""
        replaces = [key for key in ("path", "comment") if olds.get(key) != news.get(key)]
        if not replaces and not holds(Path(str(olds["path"])), str(olds["public_key"])):
            replaces = ["path"]
        return dynamic.DiffResult(changes=bool(replaces) or stored_elsewhere(olds, news), replaces=replaces)

    def update(self, _id: str, olds: Mapping[str, object], _news: Mapping[str, object]) -> dynamic.UpdateResult:
        """Keep everything: only where this class is changes without a replacement."""
        return dynamic.UpdateResult(outs=without_class(olds))

    def delete(self, _id: str, props: Mapping[str, object]) -> None:
        """Remove the file if it was generated here and still holds this key."""
        path = Path(str(props["path"]))
        if props["generated"] and holds(path, str(props["public_key"])):
            path.unlink()


class PrivateKey(dynamic.Resource, module="slipway", name="PrivateKey"):
    """A private key in a file; other resources see its public half."""

    path: pulumi.Output[str]
    public_key: pulumi.Output[str]

    def __init__(self, name: str, props: Mapping[str, object], opts: pulumi.ResourceOptions) -> None:
        super().__init__(PrivateKeyProvider(), name, dict(props), opts)


class ServedPrivateKey(pulumi.CustomResource):
    """The same for a program in another language: the component plugin has the provider."""

    path: pulumi.Output[str]
    public_key: pulumi.Output[str]

    def __init__(self, name: str, props: Mapping[str, object], opts: pulumi.ResourceOptions) -> None:
        super().__init__(served_type(KIND), name, dict(props), opts)


def private_key(
    name: str, path: str, opts: pulumi.ResourceOptions, algorithm: str = ED25519
) -> PrivateKey | ServedPrivateKey:
    """A private key in a file. The algorithm is that of a new key; an existing file has its own."""
    props = {"path": path, "comment": name, "algorithm": algorithm, "public_key": None, "generated": None}
    # A renamed bastion keeps its key.
    kept = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(ignore_changes=["comment"]))
    return (ServedPrivateKey if is_served() else PrivateKey)(name, props, moved(KIND, kept))


def public_line(path: Path, comment: object) -> str:
    """Private key file to its public key as `<type> <base64> <comment>`."""
    return f"{public_half(path)} {comment}"
