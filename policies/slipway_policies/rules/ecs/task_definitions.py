"""Rules for ECS task definitions.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
"""

from typing import Final

from slipway_policies.engine.registry import (
    ADVISORY,
    HIGH,
    LOW,
    MANDATORY,
    MEDIUM,
    Deferred,
    Finding,
    Outcomes,
    deny,
    rule,
)
from slipway_policies.engine.resources import Resource
from slipway_policies.engine.values import Value
from slipway_policies.reading.secrets_in_text import (
    assigns_a_secret,
    holds_a_key,
    name_sounds_secret,
    refers_to_a_secret,
)
from slipway_policies.rules.ecs.containers import TASK_DEFINITION, containers

CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html"

FAR_REACHING: Final = (
    "ALL",
    "SYS_ADMIN",
    "NET_ADMIN",
    "SYS_PTRACE",
    "SYS_MODULE",
    "SYS_RAWIO",
    "DAC_READ_SEARCH",
    "BPF",
)
# The agent reads these itself; a long-lived key in them is what ECS.8 looks for.
CREDENTIAL_NAMES: Final = frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "ECS_ENGINE_AUTH_DATA"})


def on_windows(task: Resource) -> bool:
    """Whether the task runs on Windows. Linux users, privileges and read-only root file systems do not exist there."""
    return task["runtimePlatform"]["operatingSystemFamily"].known_text().startswith("WINDOWS")


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
        yield from deny(privileged, privileged.true, "is true, so the container has full control of its host")


@rule(
    TASK_DEFINITION,
    level=ADVISORY,
    severity=HIGH,
    controls=("FSBP ECS.5", "NIST AC-6"),
    link=f"{CONTROLS}#ecs-5",
    fix=(
        "set readonlyRootFilesystem to true and mount a volume for the files that the program writes, as slipway's "
        "services do"
    ),
)
def ecs_taskdef_readonly_root(task: Resource) -> Outcomes:
    """Containers of task definitions cannot write to their root file system.

    Does not apply to Windows containers.
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

    The rule cannot see a user set in the image; AWS's control asks for one in the task definition.
    """
    windows = on_windows(task)
    for container in containers(task):
        user = container["user"]
        who = user.text().partition(":")[0].strip().lower()
        bad = who == "containeradministrator" if windows else who in ("", "root") or not who.strip("0")
        yield from deny(user, bad or user.absent, "is missing, or a user with administrator rights")


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
        yield from deny(driver, not driver.text(), "is missing, so the output of the container is lost")


@rule(
    TASK_DEFINITION,
    level=MANDATORY,
    severity=HIGH,
    controls=("FSBP ECS.8", "NIST CM-2"),
    link=f"{CONTROLS}#ecs-8",
    fix="move it to secrets (of a log, to secretOptions) with the ARN of a Secrets Manager secret or SSM parameter "
    "(`secrets` of slipway's services), and replace the value: it is in the state and in the AWS console",
)
def ecs_taskdef_no_plaintext_secrets(task: Resource) -> Outcomes:
    """Environment variables, commands and log options of task definitions hold no passwords and keys.

    A value counts by the name it has, unless it is an ARN, a URL without a password, a path or a switch; or by its
    own shape: AWS and provider keys, private keys, signed tokens, URLs with a password.
    """
    for container in containers(task):
        yield from _secrets_beside(container)
        for variable in container["environment"].elements():
            name, value = variable["name"], variable["value"]
            if value.unknown or name.unknown:
                yield Deferred(value.path)
            elif holds_a_key(value.text()):
                yield Finding(value.path, "has the shape of a key or of a URL with a password")
            elif value.text() and name.text().upper() in CREDENTIAL_NAMES:
                yield Finding(value.path, "is an AWS credential in clear")
            elif name_sounds_secret(name.text()) and not refers_to_a_secret(value.text()):
                yield Finding(value.path, "is a value in clear under the name of a secret")


def _secrets_beside(container: Value) -> Outcomes:
    """Findings where people write secrets who look for them in the environment only."""
    for words in (container["command"], container["entryPoint"], container["healthCheck"]["command"]):
        texts = [element.text() for element in words.elements()]
        if any(map(assigns_a_secret, texts)) or assigns_a_secret(" ".join(texts)):
            yield Finding(words.path, "holds what looks like a password or a key")
    options = container["logConfiguration"]["options"]
    for name, value in () if container.unknown else options.members():
        if holds_a_key(value.text()) or (name_sounds_secret(name) and not refers_to_a_secret(value.text())):
            yield Finding(
                options.path, "hold what looks like a password or a key; logConfiguration.secretOptions does not"
            )


@rule(
    TASK_DEFINITION,
    level=ADVISORY,
    severity=LOW,
    link="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html",
    fix="set logConfiguration.options.mode to non-blocking, with max-buffer-size, as slipway's services do",
)
def ecs_taskdef_log_mode(task: Resource) -> Outcomes:
    """Containers of task definitions do not block when their log cannot be written.

    Applies to awslogs. Since 2025-06 ECS blocks only when the definition or the account's defaultLogDriverMode says so.
    The rule sees the definition only.
    """
    for container in containers(task):
        log = container["logConfiguration"]
        if log.unknown:
            yield Deferred(log.path)
        elif log["logDriver"].text() == "awslogs":
            mode = log["options"]["mode"]
            yield from deny(mode, mode.text() == "blocking", "is blocking, so a slow log stops the program")


@rule(
    TASK_DEFINITION,
    level=MANDATORY,
    severity=HIGH,
    controls=("NIST AC-6",),
    link="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html",
    fix="remove it from linuxParameters.capabilities.add; slipway's services drop every capability",
)
def ecs_taskdef_drop_capabilities(task: Resource) -> Outcomes:
    """Containers of task definitions add no Linux capability with effect outside of the container.

    Fargate allows only SYS_PTRACE, to read the memory of every process in the container.
    """
    for container in containers(task):
        for element in container["linuxParameters"]["capabilities"]["add"].elements():
            far = element.text().upper().removeprefix("CAP_") in FAR_REACHING
            yield from deny(element, far, f"is one of {', '.join(FAR_REACHING)}")


@rule(
    TASK_DEFINITION,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("NIST AC-6",),
    link="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-ecs-iam-role-overview.html",
    fix="give the task its own role in taskRoleArn, as slipway's services do",
)
def ecs_taskdef_distinct_roles(task: Resource) -> Outcomes:
    """The code of a task has its own role, apart from the execution role for images and secrets."""
    code, agent = task["taskRoleArn"], task["executionRoleArn"]
    if code.absent or agent.absent:
        return
    if code.unknown or agent.unknown:
        yield Deferred(code.path)
    elif code.text() and code.text() == agent.text():
        yield Finding(code.path, "is the execution role, too, so the code may read all secrets and images of the task")
