"""The control plane's release, its programs, and where they are."""

from pathlib import Path

from setup.engine.build import Program
from setup.machine import cache

VERSION = "1.36.3"  # of setup/control_plane/gomodule/go.mod, and of sandbox/slipway_sandbox/control_planes/programs.py
ETCD_VERSION = "3.6.8"  # as above

MODULE = Path(__file__).parent / "gomodule"
MAJOR, MINOR, _ = VERSION.split(".")
KUBERNETES_VARIABLES = {
    "k8s.io/component-base/version.gitVersion": f"v{VERSION}",
    "k8s.io/component-base/version.gitMajor": MAJOR,
    "k8s.io/component-base/version.gitMinor": MINOR,
}
OTHERWISE = "or put the released programs into {{}} (https://kubernetes.io/releases/download)"


def programs_folder() -> Path:
    """Folder of the programs, in the user's cache. Raises MachineError where there is no cache."""
    return cache() / "kubernetes" / VERSION / "bin"


def programs() -> tuple[Program, ...]:
    """The programs, in the order in which they start; kubectl, which operators call, is the last."""
    otherwise = OTHERWISE.format(programs_folder())
    return (
        Program("etcd", "etcd", MODULE, "go.etcd.io/etcd/server/v3", {}, ETCD_VERSION, otherwise),
        *(
            Program(name, name, MODULE, f"k8s.io/kubernetes/cmd/{name}", KUBERNETES_VARIABLES, VERSION, otherwise)
            for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl")
        ),
    )


def missing() -> list[Program]:
    """The programs that are not there yet."""
    folder = programs_folder()
    return [program for program in programs() if not (folder / program.executable).exists()]
