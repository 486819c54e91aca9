"""Rules for ECS task definitions.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
"""

import re
from collections.abc import Iterator
from typing import Final

from policies.registry import ADVISORY, HIGH, MANDATORY, MEDIUM, Deferred, Finding, Outcomes, deny, rule
from policies.secrets_in_text import holds_a_key, name_sounds_secret, refers_to_a_secret
from policies.values import Resource, UnreadableError, Value

TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html"
SIZES_LINK = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html"

# CPU units to MiB of memory: lowest, highest, step. Source: SIZES_LINK, 2026-11.
FARGATE_SIZES: Final = {
    256: (512, 2048, None),
    512: (1024, 4096, 1024),
    1024: (2048, 8192, 1024),
    2048: (4096, 16384, 1024),
    4096: (8192, 30720, 1024),
    8192: (16384, 61440, 4096),
    16384: (32768, 122880, 8192),
}
SMALLEST_MEMORY_MIB: Final = (512, 1024, 2048)
AMOUNT: Final = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*(vcpu|gb)?", re.IGNORECASE)
# The agent reads these itself; a long-lived key in them is what ECS.8 looks for.
CREDENTIAL_NAMES: Final = frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "ECS_ENGINE_AUTH_DATA"})


def containers(task: Resource) -> Iterator[Value]:
    """Each container definition; one unknown value while the JSON text is unknown."""
    return task.document("containerDefinitions").elements()


def on_windows(task: Resource) -> bool:
    """Whether the task runs on Windows, which has no users, privileges or read-only roots of the Linux kind."""
    return task["runtimePlatform"]["operatingSystemFamily"].text().startswith("WINDOWS")


@rule(
    TASK_DEFINITION,
    level=MANDATORY,
    severity=HIGH,
    controls=("FSBP ECS.4", "NIST AC-6"),
    link=f"{CONTROLS}#ecs-4",
    fix="remove privileged from the container definition; slipway's services never set it",
)
def ecs_taskdef_no_privileged(task: Resource) -> Outcomes:
    """Containers of task definitions are not privileged."""
    for container in containers(task):
        privileged = container["privileged"]
        yield from deny(privileged, privileged.true, "is true, so the container owns its host")


@rule(
    TASK_DEFINITION,
    level=ADVISORY,
    severity=HIGH,
    controls=("FSBP ECS.5", "NIST AC-6"),
    link=f"{CONTROLS}#ecs-5",
    fix="set readonlyRootFilesystem to true and mount a volume where the program writes, as slipway's services do",
)
def ecs_taskdef_readonly_root(task: Resource) -> Outcomes:
    """Containers of task definitions cannot write to their root file system.

    Not applied to Windows, which does not have it.
    """
    for container in () if on_windows(task) else containers(task):
        read_only = container["readonlyRootFilesystem"]
        yield from deny(read_only, not read_only.true, "is not true, so an intruder can change the program")


@rule(
    TASK_DEFINITION,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("FSBP ECS.20", "FSBP ECS.21"),
    link=f"{CONTROLS}#ecs-20",
    fix='set user to a number above 0, such as "10001", as slipway\'s services do',
)
def ecs_taskdef_non_root_user(task: Resource) -> Outcomes:
    """Containers of task definitions run as a user without administrator rights.

    An image may name a user itself; the rule cannot see that, and AWS's control asks for it in the task definition.
    """
    windows = on_windows(task)
    for container in containers(task):
        user = container["user"]
        who = user.text().partition(":")[0].strip().lower()
        bad = who == "containeradministrator" if windows else who in ("", "root") or not who.strip("0")
        yield from deny(user, bad or user.absent, "is missing or an administrator")


@rule(
    TASK_DEFINITION,
    level=MANDATORY,
    severity=HIGH,
    controls=("FSBP ECS.9", "NIST AU-2", "NIST AU-12"),
    link=f"{CONTROLS}#ecs-9",
    fix="set logConfiguration.logDriver, such as awslogs, as slipway's services do",
)
def ecs_taskdef_logging(task: Resource) -> Outcomes:
    """Containers of task definitions send their output to a log."""
    for container in containers(task):
        driver = container["logConfiguration"]["logDriver"]
        yield from deny(driver, not driver.text(), "is missing, so what the container prints is lost")


@rule(
    TASK_DEFINITION,
    level=MANDATORY,
    severity=HIGH,
    controls=("FSBP ECS.8", "NIST CM-2"),
    link=f"{CONTROLS}#ecs-8",
    fix="move it to secrets with the ARN of a Secrets Manager secret or SSM parameter (`secrets` of slipway's "
    "services), and replace the value, which is in the state and in the AWS console",
)
def ecs_taskdef_no_plaintext_secrets(task: Resource) -> Outcomes:
    """Environment variables of task definitions hold no passwords and keys.

    A value counts by the name it has, unless it is an ARN, a URL without a password, a path or a switch; or by its
    own shape: AWS and provider keys, private keys, signed tokens, URLs with a password.
    """
    for container in containers(task):
        for variable in container["environment"].elements():
            name, value = variable["name"], variable["value"]
            if value.unknown or name.unknown:
                yield Deferred(value.path)
            elif holds_a_key(value.text()):
                yield Finding(value.path, "has the shape of a key or of a URL with a password")
            elif value.text() and name.text().upper() in CREDENTIAL_NAMES:
                yield Finding(value.path, "is an AWS credential in clear")
            elif name_sounds_secret(name.text()) and not refers_to_a_secret(value.text()):
                yield Finding(value.path, "stands in clear under a name that promises a secret")


@rule(
    TASK_DEFINITION,
    level=MANDATORY,
    severity=MEDIUM,
    link=SIZES_LINK,
    fix="set cpu and memory to a pair of AWS's table; slipway's services refuse any other before the deployment",
)
def ecs_taskdef_fargate_size(task: Resource) -> Outcomes:
    """Task definitions for Fargate ask for a size that Fargate has."""
    compatible = list(task["requiresCompatibilities"].elements())
    if any(one.unknown for one in compatible):
        yield Deferred("requiresCompatibilities")
        return
    if "FARGATE" not in [one.text() for one in compatible]:
        return
    cpu, memory = task["cpu"], task["memory"]
    if cpu.unknown or memory.unknown:
        yield Deferred(cpu.path if cpu.unknown else memory.path)
        return
    size = FARGATE_SIZES.get(_units(cpu))
    if size is None:
        yield Finding("cpu", f"is not one of {', '.join(map(str, FARGATE_SIZES))} CPU units")
        return
    low, high, step = size
    fits = range(low, high + 1, step) if step else SMALLEST_MEMORY_MIB
    if _units(memory) not in fits:
        allowed = f"{low} to {high} in steps of {step}" if step else ", ".join(map(str, SMALLEST_MEMORY_MIB))
        yield Finding("memory", f"does not go with this cpu, which allows {allowed} MiB")


def _units(value: Value) -> int:
    """CPU units or MiB, also from `1 vCPU` and `2 GB`; 0 where nothing is set."""
    if value.absent:
        return 0
    if isinstance(value.raw, int) and not isinstance(value.raw, bool):
        return value.raw
    amount = AMOUNT.fullmatch(value.text().strip())
    if amount is None:
        raise UnreadableError(value.path, "an amount such as 256, 1 vCPU or 2 GB")
    return round(float(amount[1]) * (1024 if amount[2] else 1))
