"""Topics, their policies and their subscriptions."""

import json
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet

from slipway_sandbox.provider.aws.client import AwsError
from slipway_sandbox.provider.aws.declaration import Action, Autoname, Call, Failures, Function, Resource, Tags, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties import json_text
from slipway_sandbox.provider.properties.mapping import as_map, as_string
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.readers import text
from slipway_sandbox.provider.protocol.wire import Properties, Value

TOPIC_ATTRIBUTES = (
    "applicationFailureFeedbackRoleArn applicationSuccessFeedbackRoleArn applicationSuccessFeedbackSampleRate archivePolicy "
    "contentBasedDeduplication deliveryPolicy displayName fifoThroughputScope firehoseFailureFeedbackRoleArn "
    "firehoseSuccessFeedbackRoleArn firehoseSuccessFeedbackSampleRate httpFailureFeedbackRoleArn httpSuccessFeedbackRoleArn "
    "httpSuccessFeedbackSampleRate kmsMasterKeyId lambdaFailureFeedbackRoleArn lambdaSuccessFeedbackRoleArn "
    "lambdaSuccessFeedbackSampleRate policy signatureVersion sqsFailureFeedbackRoleArn sqsSuccessFeedbackRoleArn "
    "sqsSuccessFeedbackSampleRate tracingConfig"
)
SUBSCRIPTION_ATTRIBUTES = (
    "deliveryPolicy filterPolicy filterPolicyScope rawMessageDelivery redrivePolicy replayPolicy subscriptionRoleArn"
)
FILTER_SCOPE = "filterPolicyScope"
RETRIES = (
    "backoffFunction",
    "maxDelayTarget",
    "minDelayTarget",
    *("numMaxDelayRetries", "numMinDelayRetries", "numNoDelayRetries", "numRetries"),
)
POLICIES = {
    "healthyRetryPolicy": RETRIES,
    "sicklyRetryPolicy": RETRIES,
    "throttlePolicy": ("maxReceivesPerSecond",),
}
"""Parts of a subscription's delivery policy, with their members."""
OF_TOPIC = {"ResourceArn": "{id}"}
HTTP = {name: f"Attributes.HTTP{name[4:]}" for name in TOPIC_ATTRIBUTES.split() if name.startswith("http")}
SQS = {name: f"Attributes.SQS{name[3:]}" for name in TOPIC_ATTRIBUTES.split() if name.startswith("sqs")}


def delivery(value: Value) -> Value:
    """A subscription's delivery policy in one spelling: without zeros, and without keys that the real provider does not know.

    Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/sns/topic_subscription.go,
    TopicSubscriptionDeliveryPolicy
    """

    def read(document: Value) -> Value:
        parts = {name: part for name, part in json_text.members(document, ("guaranteed", *POLICIES)).items() if part}
        known = {name: json_text.members(parts[name], POLICIES[name]) for name in POLICIES if name in parts}
        kept = {name: {key: item for key, item in part.items() if item} for name, part in known.items()}
        return json_text.spelled({**parts, **kept})

    return json_text.parsed(value, read)


def set_attributes(operation: str, member: str, properties: str, names: Mapping[str, str]) -> Action:
    """An update of the changed attributes, one call each as SNS demands."""

    def apply(scope: Scope) -> None:
        for name in in_order(scope, scope.changed & frozenset(properties.split())):
            attribute = names.get(name, f"Attributes.{name[0].upper()}{name[1:]}").partition(".")[2]
            value = scope.inputs.get(name)
            request = {
                member: scope.id,
                "AttributeName": attribute,
                "AttributeValue": "" if value is None else as_string(value),
            }
            scope.call(operation, **request)

    return apply


def in_order(scope: Scope, names: AbstractSet[str]) -> list[str]:
    """The attributes in the order of the real provider: a filter is set while its scope allows nesting.

    Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/sns/topic_subscription.go,
    putSubscriptionAttributes
    """
    others = sorted(names - {FILTER_SCOPE})
    if FILTER_SCOPE not in names or not scope.inputs.get("filterPolicy"):
        return others  # SNS drops the scope of a removed filter
    return [FILTER_SCOPE, *others] if scope.inputs.get(FILTER_SCOPE) == "MessageBody" else [*others, FILTER_SCOPE]


def filter_scope(inputs: Properties) -> Value:
    """SNS's scope of a filter without one of its own."""
    return "MessageAttributes" if inputs.get("filterPolicy") else None


def default_policy(arn: str) -> str:
    """SNS's policy for a new topic: its owner may do everything."""
    actions = ["Publish", "RemovePermission", "SetTopicAttributes", "DeleteTopic", "ListSubscriptionsByTopic"]
    actions += ["GetTopicAttributes", "AddPermission", "Subscribe"]
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in actions],
        "Resource": arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": arn.split(":")[4]}},
    }
    return json.dumps({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]})


def put_policy(policy: str | None = None) -> Callable[[Scope], Properties]:
    """The call to set a topic's policy: the program's, or the default one."""

    def apply(scope: Scope) -> Properties:
        arn = text(scope, "arn")
        value = default_policy(arn) if policy == "default" else scope.inputs["policy"]
        scope.call("set_topic_attributes", TopicArn=arn, AttributeName="Policy", AttributeValue=value)
        return {}

    return apply


def get_topic(scope: Scope) -> Properties:
    """The topic by name."""
    name = text(scope.inputs, "name")
    arn = f"arn:aws:sns:{scope.region}:{scope.account}:{name}"
    try:
        scope.call("get_topic_attributes", TopicArn=arn)
    except AwsError as error:
        if error.code != "NotFound":
            raise
        raise ProviderError(f"there is no topic {name!r} in {scope.region}") from error
    tags = as_map(scope.call("list_tags_for_resource", ResourceArn=arn)["Tags"])
    return {"id": arn, "arn": arn, "name": name, "tags": tags}


def validate_topic(inputs: Properties) -> Failures:
    """The name of a FIFO topic, and only of one, ends with .fifo."""
    name, is_fifo = inputs.get("name"), inputs.get("fifoTopic") is True
    if isinstance(name, str) and name.endswith(".fifo") != is_fifo:
        return [("name", f"a FIFO topic's name ends with .fifo, and no other's does, got {name!r}")]
    if inputs.get("contentBasedDeduplication") and not is_fifo:
        return [("contentBasedDeduplication", "content-based deduplication can only be set for FIFO topics")]
    return []


def validate_subscription(inputs: Properties) -> Failures:
    """A standard topic has no FIFO queues, and a scope belongs to a filter."""
    if inputs.get(FILTER_SCOPE) and not inputs.get("filterPolicy"):
        return [(FILTER_SCOPE, "filter_policy is required when filter_policy_scope is set")]
    topic, endpoint = inputs.get("topic"), inputs.get("endpoint")
    is_queue = isinstance(topic, str) and isinstance(endpoint, str) and inputs.get("protocol") == "sqs"
    if is_queue and str(endpoint).endswith(".fifo") and not str(topic).endswith(".fifo"):
        return [
            (
                "endpoint",
                f"Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics, got {endpoint}",
            )
        ]
    return []


RESOURCES = (
    Resource(
        "aws:sns/topic:Topic",
        "sns",
        create=Call("create_topic"),
        id="TopicArn",
        read=(Call("get_topic_attributes", {"TopicArn": "{id}"}),),
        updates=(
            Update(
                TOPIC_ATTRIBUTES, set_attributes("set_topic_attributes", "TopicArn", TOPIC_ATTRIBUTES, {**HTTP, **SQS})
            ),
        ),
        delete=Call("delete_topic", {"TopicArn": "{id}"}),
        tags=Tags(
            add=Call("tag_resource", {"ResourceArn": "{id}"}),
            remove=Call("untag_resource", {"ResourceArn": "{id}"}),
            read=Call("list_tags_for_resource", {"ResourceArn": "{id}"}, reply="Tags"),
        ),
        autoname=Autoname(length_limit=256, suffix_when=("fifoTopic", ".fifo")),
        attributes="Attributes",
        names={**HTTP, **SQS, "name": "Name"},
        reads={"deliveryPolicy": "`null`"},  # moto answers the effective one in its place
        computed={"arn": "{id}", "name": lambda scope: scope.id.rpartition(":")[2], "owner": "{account}"},
        defaults={"contentBasedDeduplication": False, "fifoTopic": False},
        documents="archivePolicy deliveryPolicy",
        policies="policy",
        echoed="maximumMessageSize",
        immutable={"a topic keeps its name and its kind for life": "name fifoTopic"},
        validate=validate_topic,
    ),
    Resource(
        "aws:sns/topicPolicy:TopicPolicy",
        "sns",
        create=put_policy(),
        id="{arn}",
        read=(Call("get_topic_attributes", {"TopicArn": "{id}"}, reply="{policy: Attributes.Policy}"),),
        updates=(Update("policy", put_policy()),),
        delete=put_policy("default"),
        computed={"owner": "{account}"},
        policies="policy",
        handled="arn policy",
        immutable={"it belongs to one topic": "arn"},
    ),
    Resource(
        "aws:sns/dataProtectionPolicy:DataProtectionPolicy",
        "sns",
        create=Call("put_data_protection_policy"),
        id="{arn}",
        read=(Call("get_data_protection_policy", OF_TOPIC, reply="(DataProtectionPolicy || null) && @"),),
        updates=(Update("policy", Call("put_data_protection_policy", OF_TOPIC)),),
        delete=Call("put_data_protection_policy", {**OF_TOPIC, "DataProtectionPolicy": ""}),
        names={"arn": "ResourceArn", "policy": "DataProtectionPolicy"},
        policies="policy",
        immutable={"it belongs to one topic": "arn"},
    ),
    Resource(
        "aws:sns/topicSubscription:TopicSubscription",
        "sns",
        create=Call("subscribe", {"ReturnSubscriptionArn": True}),
        id="SubscriptionArn",
        read=(Call("get_subscription_attributes", {"SubscriptionArn": "{id}"}, reply="Attributes"),),
        updates=(
            Update(
                SUBSCRIPTION_ATTRIBUTES,
                set_attributes("set_subscription_attributes", "SubscriptionArn", SUBSCRIPTION_ATTRIBUTES, {}),
            ),
        ),
        delete=Call("unsubscribe", {"SubscriptionArn": "{id}"}),
        attributes="Attributes",
        names={"topic": "TopicArn", "ownerId": "Owner"},
        computed={
            "arn": "{id}",
            "ownerId": "{account}",
            FILTER_SCOPE: lambda scope: scope.reply.get("FilterPolicyScope", ""),
        },
        defaults={"confirmationTimeoutInMinutes": 1, "endpointAutoConfirms": False, "rawMessageDelivery": False},
        derived={FILTER_SCOPE: filter_scope},
        documents="deliveryPolicy filterPolicy redrivePolicy replayPolicy",
        compare={"deliveryPolicy": delivery},
        echoed="confirmationTimeoutInMinutes endpointAutoConfirms",
        immutable={"a subscription ties one topic to one endpoint": "topic protocol endpoint"},
        validate=validate_subscription,
    ),
)
FUNCTIONS = (Function("aws:sns/getTopic:getTopic", "sns", get_topic),)
