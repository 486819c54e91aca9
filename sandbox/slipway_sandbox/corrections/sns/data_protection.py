"""Data protection policies of topics: kept, and not applied to messages."""

from moto.core.responses import ActionResult, EmptyResult
from moto.sns.models import Topic
from moto.sns.responses import SNSResponse

from slipway_sandbox.corrections._decorator import adds
from slipway_sandbox.corrections._keeping import keep, kept

WHY = "moto has no data protection policies; SNS has."


def _topic(response: SNSResponse) -> Topic:
    topic: Topic = response.backend.get_topic(response._get_param("ResourceArn"))  # noqa: SLF001
    return topic


@adds(SNSResponse, why=WHY)
def put_data_protection_policy(self: SNSResponse) -> ActionResult:
    keep(_topic(self), "data_protection_policy", self._get_param("DataProtectionPolicy"))
    return EmptyResult()


@adds(SNSResponse, why=WHY)
def get_data_protection_policy(self: SNSResponse) -> ActionResult:
    return ActionResult({"DataProtectionPolicy": kept(_topic(self), "data_protection_policy", "")})
