"""What ECS does for a task in the name of its execution role: pull, read secrets, write logs.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html,
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html,
https://repost.aws/knowledge-center/ecs-unable-to-pull-secrets
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from slipway_sandbox.authorization.check import Call, Refusal
from slipway_sandbox.authorization.model import Principal
from slipway_sandbox.ecr_hosts import is_ecr_host, region_of
from slipway_sandbox.runtime.containers.definitions import ContainerDefinition
from slipway_sandbox.runtime.containers.specs import LogTarget, TaskError

UNABLE = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve"
LOGGER = "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream"

RefusalOf = Callable[[Call, Principal], Refusal | None]


@dataclass(frozen=True)
class ExecutionRole:
    """The execution role of one task, as a session of ECS's. Each method raises TaskError with ECS's stopped reason."""

    principal: Principal
    region: str
    refusal_of: RefusalOf

    def prepare(self, containers: Sequence[ContainerDefinition]) -> None:
        """What comes before the first container: the right to pull, `environmentFiles` and secrets."""
        self.pull([container["image"] for container in containers])
        for container in containers:
            for file in container.get("environmentFiles") or []:
                self.download(file["value"])
            for secret in container.get("secrets") or []:
                self.read(secret["valueFrom"])

    def pull(self, images: Iterable[str]) -> None:
        """Pulls images from ECR. A name under localhost tells no account: programs cannot ask for its repository's permissions."""
        own = {image for image in images if is_ecr_host(image.partition("/")[0])}
        if not own:
            return
        if refused := self._refusal("ecr", "GetAuthorizationToken", {}):
            raise TaskError(f"{UNABLE} ecr registry auth: service call has been retried 1 time(s): {_said(refused)}")
        for image in sorted(own):
            host, repository, tag = _parts(image)
            region, account = region_of(host), host[:12]
            parameters = {"registryId": account, "repositoryName": repository}
            for operation in ("BatchGetImage", "GetDownloadUrlForLayer"):
                if self._refusal("ecr", operation, parameters, region):
                    raise TaskError(
                        "CannotPullContainerError: pull image manifest has been retried 1 time(s): "
                        f"failed to resolve ref {image}: pulling from host {host} failed with status code [manifests {tag}]: 403 Forbidden"
                    )

    def read(self, value_from: str) -> None:
        """Reads a secret: the `valueFrom` of a container."""
        if value_from.startswith("arn:") and value_from.split(":")[2] == "secretsmanager":
            self._read_secret(":".join(value_from.split(":")[:7]))
        else:
            self._read_parameter(value_from)

    def open_stream(self, target: LogTarget) -> None:
        """Creates the log stream of a container."""
        group = {"logGroupName": target.group}
        if target.create_group and (refused := self._refusal("logs", "CreateLogGroup", group, target.region)):
            raise TaskError(f"{LOGGER}: {_said(refused)} : exit status 1")
        stream = {**group, "logStreamName": target.stream}
        if refused := self._refusal("logs", "CreateLogStream", stream, target.region):
            raise TaskError(f"{LOGGER}: {_said(refused)} : exit status 1")

    def may_write(self, target: LogTarget) -> bool:
        """Whether lines go into the log stream; ECS drops them without a word where they may not."""
        stream = {"logGroupName": target.group, "logStreamName": target.stream}
        return self._refusal("logs", "PutLogEvents", stream, target.region) is None

    def download(self, file: str) -> None:
        """Downloads a file of `environmentFiles` from S3, by its ARN."""
        bucket, _, key = file.partition(":::")[2].partition("/")
        if refused := self._refusal("s3", "GetObject", {"Bucket": bucket, "Key": key}):
            reason = f"file download command: non empty error stream: {_said(refused)}"
            raise TaskError(f"ResourceInitializationError: failed to download env files: {reason}")

    def _read_secret(self, arn: str) -> None:
        region = arn.split(":")[3]
        refused = self._refusal("secretsmanager", "GetSecretValue", {"SecretId": arn}, region)
        if refused:
            sentence = f"failed to fetch secret {arn} from secrets manager: {_said(refused)}"
            raise TaskError(f"{UNABLE} secret from asm: service call has been retried 1 time(s): {sentence}")

    def _read_parameter(self, value_from: str) -> None:
        is_arn = value_from.startswith("arn:")
        region = value_from.split(":")[3] if is_arn else self.region
        refused = self._refusal("ssm", "GetParameters", {"Names": [value_from], "WithDecryption": True}, region)
        if refused:
            raise TaskError(f"{UNABLE} secrets from ssm: service call has been retried 1 time(s): {_said(refused)}")

    def _refusal(
        self, service: str, operation: str, parameters: Mapping[str, object], region: str = ""
    ) -> Refusal | None:
        call = Call(service, operation, parameters, region or self.region, self.principal.account_id)
        return self.refusal_of(call, self.principal)


def _said(refusal: Refusal) -> str:
    return f"{refusal.code}: {refusal.message} status code: {refusal.status}"


def _parts(image: str) -> tuple[str, str, str]:
    """Host, repository, and tag or digest of an image with a host."""
    host, _, rest = image.partition("/")
    name, _, digest = rest.partition("@")
    repository, _, tag = name.partition(":")
    return host, repository, digest or tag or "latest"
