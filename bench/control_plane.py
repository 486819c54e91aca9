"""What a control plane of the sandbox's EKS costs: seconds to start, processor time, memory and disk.

`.venv/bin/python -m bench.control_plane`, on Linux, after `make ready-eks`. It starts a sandbox of its own and takes about two minutes.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import boto3

from slipway_sandbox.control_planes import programs
from slipway_sandbox.process.home import Home, read_record
from slipway_sandbox.process.ports import LOOPBACK

TICKS = os.sysconf("SC_CLK_TCK")
SETTLE_SECONDS, IDLE_SECONDS = 45, 60
ROLE = "arn:aws:iam::123456789012:role/eks"
AUTO_MODE = {  # with a node
    "computeConfig": {"enabled": True},
    "kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": True}},
    "storageConfig": {"blockStorage": {"enabled": True}},
}


def sandbox(home: Home, command: str) -> float:
    """Seconds that `slipway sandbox <command>` takes."""
    began = time.monotonic()
    environment = {**os.environ, "SLIPWAY_SANDBOX_DIR": str(home.path)}
    subprocess.run([sys.executable, "-m", "slipway_sandbox", command], env=environment, check=True, capture_output=True)
    return time.monotonic() - began


def client(home: Home, service: str) -> Any:
    """A client of the sandbox's cloud."""
    record = read_record(home)
    if record is None:
        raise SystemExit("the sandbox has no record")
    keys = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}
    return boto3.client(service, "eu-west-1", endpoint_url=f"http://{LOOPBACK}:{record.ports.moto}", **keys)


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_mb(pid: int) -> int:
    """Memory of a process, shared pages included."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) // 1000


def measure(home: Home) -> None:
    sandbox(home, "start")
    subnets = [subnet["SubnetId"] for subnet in client(home, "ec2").describe_subnets()["Subnets"]]
    eks = client(home, "eks")
    began = time.monotonic()
    eks.create_cluster(name="main", roleArn=ROLE, resourcesVpcConfig={"subnetIds": subnets}, **AUTO_MODE)
    while eks.describe_cluster(name="main")["cluster"]["status"] == "CREATING":
        time.sleep(0.05)
    print(
        f"{time.monotonic() - began:.1f} s from create_cluster to {eks.describe_cluster(name='main')['cluster']['status']}"
    )
    pids = {lock.stem: int(lock.read_text()) for lock in home.control_planes.glob("*/*.lock")}
    print(f"{sum(map(cpu_seconds, pids.values())):.1f} s of processor time until then")
    time.sleep(SETTLE_SECONDS)
    record = read_record(home)
    own = record.pid if record and record.pid else 0
    before, before_own = sum(map(cpu_seconds, pids.values())), cpu_seconds(own)
    time.sleep(IDLE_SECONDS)
    idle = sum(map(cpu_seconds, pids.values())) - before
    print(
        f"{idle:.1f} s of processor time in {IDLE_SECONDS} s without a pod; the sandbox's process {cpu_seconds(own) - before_own:.1f} s"
    )
    memory = {name: resident_mb(pids[name]) for name in programs.NAMES}
    print(f"{sum(memory.values())} MB of memory: {', '.join(f'{name} {mb}' for name, mb in memory.items())}")
    size = sum(path.lstat().st_blocks * 512 for path in home.control_planes.rglob("*"))
    print(f"{size // 1_000_000} MB of disk")
    print(f"{sandbox(home, 'stop'):.1f} s for `stop`")
    print(f"load of this machine: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    if not programs.are_there():
        raise SystemExit("this machine has no Kubernetes control plane; run make ready-eks")
    with tempfile.TemporaryDirectory() as folder:
        own = Home(Path(folder) / "home")
        try:
            measure(own)
        finally:
            sandbox(own, "stop")
