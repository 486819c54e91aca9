"""Resources of services that keep data: S3, DynamoDB, KMS, Secrets Manager and Systems Manager.

A rule answers None where the general rule suffices.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from slipway_sandbox.authorization import cloud
from slipway_sandbox.authorization.actions.table import Action
from slipway_sandbox.authorization.model import Call
from slipway_sandbox.authorization.targets.target import Target, words


def _s3(call: Call, action: Action) -> list[Target] | None:
    bucket = call.parameters.get("Bucket")
    if not isinstance(bucket, str):
        return None
    arn = bucket if bucket.startswith("arn:") else f"arn:aws:s3:::{bucket}"
    if "object" not in action.kind_names:
        return [Target(arn)]
    if isinstance(key := call.parameters.get("Key"), str):
        return [Target(f"{arn}/{key}")]
    keys = _deleted_keys(call.parameters.get("Delete"))
    return [Target(f"{arn}/{key}") for key in keys] or [Target(f"{arn}/*", is_known=False)]


def _deleted_keys(value: object) -> list[str]:
    entries = value.get("Objects", ()) if isinstance(value, Mapping) else ()
    return [str(entry["Key"]) for entry in entries if isinstance(entry, Mapping) and "Key" in entry]


def _kms(call: Call, action: Action) -> list[Target] | None:
    parameters = call.parameters
    ids = [text for member in ("KeyId", "TargetKeyId") for text in words(parameters.get(member))]
    if action.name in ("kms:Decrypt", "kms:ReEncryptFrom"):
        source = words(parameters.get("SourceKeyId")) or ids
        ids = source or [cloud.key_of_ciphertext(parameters.get("CiphertextBlob"))]
    if action.name == "kms:ReEncryptTo":
        ids = words(parameters.get("DestinationKeyId"))
    keys = [(key_id, cloud.kms_key(key_id, call.account_id, call.region)) for key_id in ids if key_id]
    targets = [Target(key.arn if key else _key_arn(call, key_id)) for key_id, key in keys]
    alias = parameters.get("AliasName")
    if isinstance(alias, str):
        targets.append(Target(f"arn:aws:kms:{call.region}:{call.account_id}:{alias}"))
    return targets or None


def _key_arn(call: Call, key_id: str) -> str:
    if key_id.startswith("arn:"):
        return key_id
    return f"arn:aws:kms:{call.region}:{call.account_id}:{key_id if key_id.startswith('alias/') else f'key/{key_id}'}"


def _secretsmanager(call: Call) -> list[Target] | None:
    ids = words(call.parameters.get("SecretId")) or words(call.parameters.get("SecretIdList"))
    if not ids:
        name = call.parameters.get("Name")
        start = f"arn:aws:secretsmanager:{call.region}:{call.account_id}:secret:{name}-*"
        return [Target(start, is_known=False)] if isinstance(name, str) else None
    secrets = [(secret_id, cloud.secret(secret_id, call.account_id, call.region)) for secret_id in ids]
    return [Target(secret.arn if secret else secret_id, shown=secret_id) for secret_id, secret in secrets]


def _ssm(call: Call, action: Action) -> list[Target] | None:
    """Parameters with and without a leading slash; a version or label is no part of the name."""
    if "parameter" not in action.kind_names:
        return _ssm_instances(call, action)
    names = [text for member in ("Name", "Names", "Path") for text in words(call.parameters.get(member))]
    if call.parameters.get("ResourceType") == "Parameter":
        names = words(call.parameters.get("ResourceId"))
    start = f"arn:aws:ssm:{call.region}:{call.account_id}:parameter/"
    return [
        Target(name if name.startswith("arn:") else start + name.lstrip("/").partition(":")[0]) for name in names
    ] or None


def _ssm_instances(call: Call, action: Action) -> list[Target] | None:
    """A session or command on an instance also needs its document."""
    members = ("Target", "InstanceId", "InstanceIds")
    ids = [text for member in members for text in words(call.parameters.get(member))]
    targets = []
    for instance_id in ids:
        if "instance" in action.kind_names and instance_id.startswith("i-"):
            targets.append(Target(f"arn:aws:ec2:{call.region}:{call.account_id}:instance/{instance_id}"))
        elif "task" in action.kind_names and instance_id.startswith("ecs:"):
            cluster, _, task = instance_id.removeprefix("ecs:").partition("_")
            task_id = task.partition("_")[0]
            targets.append(Target(f"arn:aws:ecs:{call.region}:{call.account_id}:task/{cluster}/{task_id}"))
    return targets or None


def _dynamodb(call: Call, action: Action) -> list[Target] | None:
    """Tables of batches and transactions; a query on an index is judged on the index."""
    parameters = call.parameters
    batch = parameters.get("RequestItems")
    tables = [str(name) for name in batch] if isinstance(batch, Mapping) else []
    verb = action.name.partition(":")[2]
    tables += list(_tables_of_transaction(parameters.get("TransactItems"), verb))
    if not tables:
        tables = words(parameters.get("TableName"))
    start = f"arn:aws:dynamodb:{call.region}:{call.account_id}:table/"
    arns = [name if name.startswith("arn:") else start + name for name in tables]
    index = parameters.get("IndexName")
    if isinstance(index, str) and verb in ("Query", "Scan"):
        arns = [f"{arn}/index/{index}" for arn in arns]
    return [Target(arn) for arn in arns] or None


def _tables_of_transaction(items: object, verb: str) -> Iterator[str]:
    member = verb.removesuffix("Item")
    for item in items if isinstance(items, Sequence) else ():
        step = item.get(member) if isinstance(item, Mapping) else None
        if isinstance(step, Mapping):
            yield str(step["TableName"])


Rule = Callable[[Call, Action], list[Target] | None]
RULES: dict[str, Rule] = {
    "dynamodb": _dynamodb,
    "kms": _kms,
    "s3": _s3,
    "secretsmanager": lambda call, _: _secretsmanager(call),
    "ssm": _ssm,
}
