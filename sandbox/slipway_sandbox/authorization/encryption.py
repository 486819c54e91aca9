"""Which keys of KMS a call uses through its service.

AWS's own keys, such as alias/aws/sqs, let everybody of the account in through their service; they are not judged.
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
Source: https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from slipway_sandbox.authorization import cloud
from slipway_sandbox.authorization.context import encryption_context
from slipway_sandbox.authorization.model import Call
from slipway_sandbox.authorization.targets import words

DECRYPT, ENCRYPT, DATA_KEY = "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"
SENDS = ("SendMessage", "SendMessageBatch")
READS_OF_SECRETS = ("GetSecretValue", "BatchGetSecretValue")
WRITES_OF_SECRETS = ("CreateSecret", "PutSecretValue", "UpdateSecret")
READS_OF_PARAMETERS = ("GetParameter", "GetParameters", "GetParameterHistory")


@dataclass(frozen=True)
class Use:
    """One action on a key."""

    action: str
    key_arn: str
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unknown_keys: frozenset[str] = frozenset()


def use_of(call: Call) -> Iterable[Use]:
    """The actions on keys that a call needs."""
    rule = RULES.get((call.service, call.operation))
    return rule(call) if rule else ()


def _uses(
    call: Call, key_id: object, actions: tuple[str, ...], encryption: Mapping[str, str] | None = None
) -> Iterator[Use]:
    if not isinstance(key_id, str) or not key_id or "alias/aws/" in key_id:
        return
    key = cloud.kms_key(key_id, call.account_id, call.region)
    if key is None or any(alias.startswith("alias/aws/") for alias in key.aliases):
        return
    unknown = frozenset() if encryption else frozenset({"kms:encryptioncontext:", "kms:encryptioncontextkeys"})
    context = encryption_context(encryption or {})
    yield from (Use(action, str(key.arn), context, unknown) for action in actions)


def _sqs(call: Call) -> Iterator[Use]:
    url = call.parameters.get("QueueUrl")
    if not isinstance(url, str):
        return
    name = url.rpartition("/")[2]
    queue = cloud.queue(name, call.account_id, call.region)
    if queue is not None:
        actions = (DATA_KEY, DECRYPT) if call.operation in SENDS else (DECRYPT,)
        context = {"aws:sqs:arn": str(queue.queue_arn)}
        yield from _uses(call, getattr(queue, "kms_master_key_id", None), actions, context)


def _sns(call: Call) -> Iterable[Use]:
    arn = call.parameters.get("TopicArn") or call.parameters.get("TargetArn")
    if not isinstance(arn, str) or not arn.startswith("arn:aws:sns:"):
        return ()
    key_id = getattr(cloud.topic(arn), "kms_master_key_id", None)
    return _uses(call, key_id, (DATA_KEY, DECRYPT), {"aws:sns:topicArn": arn}) if key_id else ()


def _secretsmanager(call: Call) -> Iterator[Use]:
    parameters = call.parameters
    if call.operation == "CreateSecret":
        yield from _uses(call, parameters.get("KmsKeyId"), (DATA_KEY, DECRYPT))
        return
    for secret_id in words(parameters.get("SecretId")) + words(parameters.get("SecretIdList")):
        secret = cloud.secret(secret_id, call.account_id, call.region)
        actions = (DECRYPT,) if call.operation in READS_OF_SECRETS else (DATA_KEY, DECRYPT)
        if secret is not None:
            context = {"SecretARN": str(secret.arn)}
            yield from _uses(call, parameters.get("KmsKeyId") or secret.kms_key_id, actions, context)


def _ssm(call: Call) -> Iterator[Use]:
    parameters = call.parameters
    names = words(parameters.get("Name")) + words(parameters.get("Names"))
    start = f"arn:aws:ssm:{call.region}:{call.account_id}:parameter/"
    if call.operation == "PutParameter" and parameters.get("Type") == "SecureString" and names:
        context = {"PARAMETER_ARN": start + names[0].lstrip("/")}
        yield from _uses(call, parameters.get("KeyId"), (ENCRYPT,), context)
    if call.operation != "PutParameter" and parameters.get("WithDecryption"):
        for name in names:
            parameter = cloud.parameter(name, call.account_id, call.region)
            if parameter is not None and parameter.parameter_type == "SecureString":
                context = {"PARAMETER_ARN": start + name.lstrip("/")}
                yield from _uses(call, parameter.keyid, (DECRYPT,), context)


def _s3(call: Call) -> Iterable[Use]:
    name = call.parameters.get("Bucket")
    bucket = cloud.bucket(name) if isinstance(name, str) else None
    if bucket is None:
        return ()
    if call.operation == "GetObject":
        stored = bucket.keys.get(call.parameters.get("Key"))
        is_encrypted = stored is not None and stored.encryption == "aws:kms"
        return _uses(call, stored.kms_key_id, (DECRYPT,)) if is_encrypted else ()
    key_id = call.parameters.get("SSEKMSKeyId")
    if not key_id and "ServerSideEncryption" not in call.parameters:
        key_id = _default_key(bucket)
    return _uses(call, key_id, (DATA_KEY,)) if key_id else ()


def _default_key(bucket: Any) -> str:
    rule = (bucket.encryption or {}).get("Rule") or {}
    default = (rule[0] if isinstance(rule, list) else rule).get("ApplyServerSideEncryptionByDefault") or {}
    return str(default.get("KMSMasterKeyID") or "")


Rule = Callable[[Call], Iterable[Use]]


def _rules(service: str, rule: Rule, *operations: str) -> dict[tuple[str, str], Rule]:
    return {(service, operation): rule for operation in operations}


RULES: Mapping[tuple[str, str], Rule] = {
    **_rules("s3", _s3, "GetObject", "PutObject", "CopyObject", "CreateMultipartUpload"),
    **_rules("secretsmanager", _secretsmanager, *READS_OF_SECRETS, *WRITES_OF_SECRETS),
    **_rules("sns", _sns, "Publish", "PublishBatch"),
    **_rules("sqs", _sqs, *SENDS, "ReceiveMessage"),
    **_rules("ssm", _ssm, "PutParameter", *READS_OF_PARAMETERS),
}
"""Operations that use a key, by botocore's name of their service."""
