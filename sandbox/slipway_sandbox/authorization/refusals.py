"""The error that AWS answers to a request that it denies: code, status and sentence of each service.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (UnauthorizedOperation)
Source: https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html (AuthorizationError)
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from slipway_sandbox.authorization.model import Call, Decision, PolicyKind, Reason, Request

FORBIDDEN, BAD_REQUEST = 403, 400
KMS_MESSAGE = "Access to KMS is not allowed"

CODES: Mapping[str, tuple[str, int]] = {
    "autoscaling": ("AccessDenied", FORBIDDEN),
    "cloudwatch": ("AccessDenied", FORBIDDEN),
    "ec2": ("UnauthorizedOperation", FORBIDDEN),
    "eks": ("AccessDeniedException", FORBIDDEN),
    "eks-auth": ("AccessDeniedException", FORBIDDEN),
    "elb": ("AccessDenied", FORBIDDEN),
    "elbv2": ("AccessDenied", FORBIDDEN),
    "iam": ("AccessDenied", FORBIDDEN),
    "lambda": ("AccessDeniedException", FORBIDDEN),
    "route53": ("AccessDenied", FORBIDDEN),
    "s3": ("AccessDenied", FORBIDDEN),
    "s3control": ("AccessDenied", FORBIDDEN),
    "scheduler": ("AccessDeniedException", FORBIDDEN),
    "sns": ("AuthorizationError", FORBIDDEN),
    "sqs": ("AccessDenied", FORBIDDEN),
    "sts": ("AccessDenied", FORBIDDEN),
}
"""botocore's name of a service to its code and HTTP status."""
OTHERS = ("AccessDeniedException", BAD_REQUEST)
"""Services with JSON over POST, such as ECS, ECR, KMS and DynamoDB."""
KMS_CODES: Mapping[str, tuple[str, int]] = {
    "sns": ("KMSAccessDenied", BAD_REQUEST),
    "sqs": ("KMS.AccessDeniedException", BAD_REQUEST),
}
"""Services with a code of its own for a key that their caller may not use."""
WITHOUT_STAR = (
    "autoscaling",
    "cloudwatch",
    "ec2",
    "elasticloadbalancing",
    "route53",
    "s3",
)  # these do not name a resource for an action that has none


@dataclass(frozen=True)
class Refusal:
    """An error of AWS."""

    service: str
    """botocore's name of the service that was called."""
    operation: str
    code: str
    """As SDKs show it. SQS with JSON tells it in the header x-amzn-query-error, and has another type in the body."""
    status: int
    message: str
    decision: Decision
    request: Request


def refusal(call: Call, request: Request, decision: Decision) -> Refusal:
    """The answer to a call of which one request is denied."""
    code, status = CODES.get(call.service, OTHERS)
    text = message(call, request, decision)
    is_key = request.action.startswith("kms:") and call.service != "kms"
    if is_key:
        code, status = KMS_CODES.get(call.service, (code, status))
        text = KMS_MESSAGE if call.service == "secretsmanager" else text
    return Refusal(call.service, call.operation, code, status, text, decision, request)


def message(call: Call, request: Request, decision: Decision) -> str:
    """AWS's sentence."""
    sentence = f"User: {request.principal.arn} is not authorized to perform: {_action(request.action)}"
    sentence += _on(request)
    if decision.reason and (because := _because(request, decision.reason)):
        sentence += f" {because}"
    if call.service != "ec2":
        return sentence
    secret = encoded(request, decision)
    return (
        f"You are not authorized to perform this operation. {sentence}. Encoded authorization failure message: {secret}"
    )


def _action(action: str) -> str:
    """SQS writes its actions in lower case, SNS its prefix in upper case."""
    prefix, _, name = action.partition(":")
    if prefix == "sqs":
        return action.lower()
    return f"SNS:{name}" if prefix == "sns" else action


def _on(request: Request) -> str:
    prefix = request.action.partition(":")[0]
    if request.resource == "*" and prefix in WITHOUT_STAR:
        return ""
    resource = request.shown_resource or request.resource
    return f' on resource: "{resource}"' if prefix == "s3" else f" on resource: {resource}"


def _because(request: Request, reason: Reason) -> str:
    is_trust = reason.kind is PolicyKind.RESOURCE and request.action.startswith("sts:AssumeRole")
    if reason.is_explicit:
        article = "the" if is_trust else "an" if reason.kind is PolicyKind.IDENTITY else "a"
        kind = "role trust policy" if is_trust else reason.kind
        is_managed = reason.kind is not PolicyKind.RESOURCE and reason.policy.startswith("arn:")
        return f"with an explicit deny in {article} {kind}{f': {reason.policy}' if is_managed else ''}"
    if request.action.startswith(("sts:AssumeRole", "sts:TagSession")):
        return ""  # STS does not say which side lacks it
    return f"because no {reason.kind} allows the {_action(request.action)} action"


def encoded(request: Request, decision: Decision) -> str:
    """The details of a denial as EC2 hands them out."""
    reason = decision.reason
    details = {
        "allowed": False,
        "explicitDeny": bool(reason and reason.is_explicit),
        "matchedStatements": {"items": [reason.sid] if reason and reason.is_explicit else []},
        "context": {
            "principal": {"id": request.principal.user_id, "arn": request.principal.arn},
            "action": request.action,
            "resource": request.resource,
            "conditions": {key: list(values) for key, values in sorted(request.context.items())},
        },
    }
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(details).encode())).decode().rstrip("=")


def decoded(text: str) -> str:
    """The details of an encoded message, as JSON. Raises ValueError for another text."""
    try:
        return zlib.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))).decode()
    except zlib.error as error:
        raise ValueError("no encoded authorization message") from error
