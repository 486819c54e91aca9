"""Who a task is: its role by the credentials endpoint, and its execution role for what ECS does for it.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
"""

from datetime import UTC, datetime

from moto.ecs.models import EC2ContainerServiceBackend

from slipway_sandbox.authorization.check import Call, Refusal
from slipway_sandbox.authorization.cloud import session
from slipway_sandbox.authorization.model import Principal
from slipway_sandbox.corrections.ecs.objects import EcsTask, definition_of
from slipway_sandbox.identities import verdicts
from slipway_sandbox.identities.assuming import Assumption
from slipway_sandbox.identities.denials import Denials
from slipway_sandbox.identities.endpoint import CredentialsEndpoint
from slipway_sandbox.identities.sessions import Sessions
from slipway_sandbox.runtime.containers.host import DockerHost
from slipway_sandbox.runtime.containers.specs import LogTarget, TaskError
from slipway_sandbox.runtime.ecs.execution_role import ExecutionRole

ECS = "ecs-tasks.amazonaws.com"
UNABLE_TO_ASSUME = (
    "ECS was unable to assume the role '{role}' that was provided for this task. Please verify that the role being passed has the "
    "proper trust relationship and permissions and that your IAM user has permissions to pass this role."
)


class TaskIdentities:
    """The identities of all tasks of one sandbox. `api` is the URL of its AWS as containers reach it.

    Default: sessions and denials that no AWS API knows.
    """

    def __init__(self, api: str, sessions: Sessions | None = None, denials: Denials | None = None) -> None:
        self.api, self.sessions, self.denials = api, sessions or Sessions(), denials or Denials()
        self._endpoint = CredentialsEndpoint(self.sessions)
        self._execution: dict[str, ExecutionRole] = {}

    def close(self) -> None:
        """Gives out no more credentials."""
        self._endpoint.close()

    def variables(self, task: EcsTask, backend: EC2ContainerServiceBackend, host: DockerHost) -> dict[str, str]:
        """Environment by which SDKs in the task find AWS, and the credentials of its role; a task without a role has none.

        Raises TaskError when ECS may not assume the role.
        """
        region = backend.region_name
        place = {"AWS_ENDPOINT_URL": self.api, "AWS_REGION": region, "AWS_DEFAULT_REGION": region}
        return {**place, "AWS_EC2_METADATA_DISABLED": "true", **self._credentials(task, backend, host)}

    def _credentials(self, task: EcsTask, backend: EC2ContainerServiceBackend, host: DockerHost) -> dict[str, str]:
        role_arn = task.overrides.get("taskRoleArn") or getattr(definition_of(task, backend), "task_role_arn", None)
        if not role_arn:
            return {}
        self._assume(role_arn, task, backend)
        if address := host.link_local_address():
            self._endpoint.open(address)
        return self._endpoint.variables(role_arn, task.id)

    def execution_role(self, task: EcsTask, backend: EC2ContainerServiceBackend) -> ExecutionRole | None:
        """What ECS may do for the task; None for a task without execution role. Raises TaskError as `variables` does."""
        definition = definition_of(task, backend)
        role_arn = task.overrides.get("executionRoleArn") or getattr(definition, "execution_role_arn", None)
        if not role_arn:
            return None
        self._assume(role_arn, task, backend)
        role = ExecutionRole(session(role_arn, task.id), backend.region_name, self._refusal_of)
        self._execution[task.id] = role
        return role

    def may_write(self, task_id: str, target: LogTarget) -> bool:
        """Whether the lines of a container may go into its log stream."""
        role = self._execution.get(task_id)
        return role is None or role.may_write(target)

    def forget(self, task_id: str) -> None:
        """Ends the credentials of a task."""
        self._endpoint.forget(task_id)
        self._execution.pop(task_id, None)

    def _assume(self, role_arn: str, task: EcsTask, backend: EC2ContainerServiceBackend) -> None:
        """ECS assumes a role of the task."""
        assumption = Assumption(ECS, task.task_arn, task.id, backend.region_name, backend.account_id)
        if not assumption.is_granted(role_arn, self.denials):
            raise TaskError(UNABLE_TO_ASSUME.format(role=role_arn))

    def _refusal_of(self, call: Call, principal: Principal) -> Refusal | None:
        return verdicts.refusal_of(call, principal, self.denials, datetime.now(UTC))
