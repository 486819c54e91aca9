"""What a call needs beside its own action: to pass a role, to use a key, to tag what it creates.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from slipway_sandbox.authorization import cloud
from slipway_sandbox.authorization.actions.table import prefix_of
from slipway_sandbox.authorization.encryption import RULES, Use, use_of
from slipway_sandbox.authorization.model import Call, Principal
from slipway_sandbox.authorization.targets import words

PASSES: Mapping[tuple[str, str], str] = {
    ("application-autoscaling", "RegisterScalableTarget"): "application-autoscaling.amazonaws.com",
    ("ec2", "AssociateIamInstanceProfile"): "ec2.amazonaws.com",
    ("ec2", "ReplaceIamInstanceProfileAssociation"): "ec2.amazonaws.com",
    ("ec2", "RunInstances"): "ec2.amazonaws.com",
    ("ecs", "RegisterTaskDefinition"): "ecs-tasks.amazonaws.com",
    ("ecs", "RunTask"): "ecs-tasks.amazonaws.com",
    ("ecs", "StartTask"): "ecs-tasks.amazonaws.com",
    ("eks", "CreateCluster"): "eks.amazonaws.com",
    ("eks", "CreateFargateProfile"): "eks-fargate-pods.amazonaws.com",
    ("eks", "CreateNodegroup"): "ec2.amazonaws.com",
    ("eks", "CreatePodIdentityAssociation"): "pods.eks.amazonaws.com",
    ("eks", "UpdatePodIdentityAssociation"): "pods.eks.amazonaws.com",
    ("events", "PutRule"): "events.amazonaws.com",
    ("events", "PutTargets"): "events.amazonaws.com",
    ("iam", "AddRoleToInstanceProfile"): "ec2.amazonaws.com",
    ("lambda", "CreateFunction"): "lambda.amazonaws.com",
    ("lambda", "UpdateFunctionConfiguration"): "lambda.amazonaws.com",
    ("logs", "PutSubscriptionFilter"): "logs.amazonaws.com",
    ("scheduler", "CreateSchedule"): "scheduler.amazonaws.com",
    ("scheduler", "UpdateSchedule"): "scheduler.amazonaws.com",
    ("sns", "SetTopicAttributes"): "sns.amazonaws.com",
    ("states", "CreateStateMachine"): "states.amazonaws.com",
    ("states", "UpdateStateMachine"): "states.amazonaws.com",
}
"""Calls that hand a role to a service, which is the value of iam:PassedToService."""
RUN_TASK = ("ecs", "RunTask")
COPIES = (("s3", "CopyObject"), ("s3", "UploadPartCopy"))
SERVICE_LINKED = ":role/aws-service-role/"  # needs no iam:PassRole


@dataclass(frozen=True)
class Need:
    """One more action that a call needs."""

    principal: Principal
    action: str
    resource: str
    context: Mapping[str, tuple[str, ...]]
    unknown_keys: frozenset[str] = field(default_factory=frozenset)
    is_resource_known: bool = True


@cache
def may_need_more(service: str, operation: str) -> bool:
    """Whether a call of an operation may need anything beside its own action."""
    is_tagged = service == "ec2" and not operation.startswith("Describe")
    return (
        is_tagged or (prefix_of(service), operation) in (*PASSES, RUN_TASK) or (service, operation) in (*RULES, *COPIES)
    )


def needs_of(call: Call, principal: Principal) -> Iterator[Need]:
    """What a call needs beside its own action."""
    operation = (prefix_of(call.service), call.operation)
    if service := PASSES.get(operation):
        for arn in dict.fromkeys(_roles(call)):
            if SERVICE_LINKED not in arn:
                yield Need(principal, "iam:PassRole", arn, {"iam:passedtoservice": (service,)})
    for use in use_of(call):
        yield _use_of_key(call, principal, use)
    if call.service == "ec2" and call.operation != "CreateTags":
        yield from _tags_of_instances(call, principal)
    if operation == RUN_TASK and (call.parameters.get("tags") or call.parameters.get("propagateTags")):
        yield _tags_of_tasks(call, principal)
    if (call.service, call.operation) in COPIES and isinstance(
        source := call.parameters.get("CopySource"), str | Mapping
    ):
        yield Need(principal, "s3:GetObject", _copied(source), {})


def _roles(call: Call) -> Iterator[str]:
    parameters = call.parameters
    yield from _arns_of_roles(parameters, is_role=False)
    if call.service == "ecs":
        definition = cloud.task_definition(str(parameters.get("taskDefinition", "")), call.account_id, call.region)
        arns = [getattr(definition, member, None) for member in ("task_role_arn", "execution_role_arn")]
        yield from (_full(arn, call) for arn in arns if arn)
    if call.service == "iam":
        yield from (_full(name, call) for name in words(parameters.get("RoleName")))
    profile = parameters.get("IamInstanceProfile")
    if call.service == "ec2" and isinstance(profile, Mapping):
        yield from cloud.roles_of_profile(str(profile.get("Arn") or profile.get("Name") or ""), call.account_id)


def _arns_of_roles(value: object, *, is_role: bool) -> Iterator[str]:
    """ARNs of roles under members that are named after a role, at any depth."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _arns_of_roles(inner, is_role="role" in str(key).lower())
    elif isinstance(value, str):
        if is_role and value.startswith("arn:") and ":role/" in value:
            yield value
    elif isinstance(value, Sequence) and not isinstance(value, bytes):
        for inner in value:
            yield from _arns_of_roles(inner, is_role=is_role)


def _full(role: str, call: Call) -> str:
    if role.startswith("arn:"):
        return role
    entry = cloud.named_in_iam("role", role, call.account_id)
    return str(entry.arn) if entry else f"arn:aws:iam::{call.account_id}:role/{role}"


def _use_of_key(call: Call, principal: Principal, use: Use) -> Need:
    """The service calls KMS in the name of its caller."""
    service = f"{call.service}.amazonaws.com"
    context: dict[str, tuple[str, ...]] = {
        "kms:viaservice": (f"{call.service}.{call.region}.amazonaws.com",),
        **use.context,
    }
    if principal.kind != "service":
        context["kms:calleraccount"] = (principal.account_id,)
        principal = replace(principal, via=(*principal.via, service))
    return Need(principal, use.action, use.key_arn, context, use.unknown_keys)


def _tags_of_instances(call: Call, principal: Principal) -> Iterator[Need]:
    """Tags on creation need ec2:CreateTags on what is created."""
    specifications = call.parameters.get("TagSpecifications")
    for entry in specifications if isinstance(specifications, Sequence) else ():
        if isinstance(entry, Mapping) and entry.get("Tags"):
            tags = {str(tag["Key"]): str(tag.get("Value", "")) for tag in entry["Tags"]}
            context: dict[str, tuple[str, ...]] = {
                f"aws:requesttag/{key.lower()}": (value,) for key, value in tags.items()
            }
            context |= {"aws:tagkeys": tuple(tags), "ec2:createaction": (call.operation,)}
            arn = f"arn:aws:ec2:{call.region}:{call.account_id}:{entry.get('ResourceType')}/*"
            yield Need(principal, "ec2:CreateTags", arn, context, is_resource_known=False)


def _tags_of_tasks(call: Call, principal: Principal) -> Need:
    """Tags on creation need ecs:TagResource, also those that come from the task definition.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/supported-iam-actions-tagging.html
    """
    cluster = str(call.parameters.get("cluster") or "default").rpartition("/")[2]
    arn = f"arn:aws:ecs:{call.region}:{call.account_id}:task/{cluster}/*"
    context = {"ecs:createaction": (call.operation,)}
    return Need(principal, "ecs:TagResource", arn, context, is_resource_known=False)


def _copied(source: str | Mapping[str, object]) -> str:
    if isinstance(source, str):
        return f"arn:aws:s3:::{source.lstrip('/').partition('?')[0]}"
    return f"arn:aws:s3:::{source.get('Bucket')}/{source.get('Key')}"
