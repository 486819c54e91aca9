"""Queues, and their policies as resources of their own."""

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Failures, Function, Resource, Tags, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.readers import as_block, block, text
from slipway_sandbox.provider.protocol.wire import Properties
from slipway_sandbox.provider.services.lookup import as_resource

PER_GROUP = "perMessageGroupId"
READ = Call("get_queue_attributes", {"QueueUrl": "{id}", "AttributeNames": ["All"]})


def queue_attribute(token: str, prop: str, attribute: str) -> Resource:
    """The resource type of one attribute of a queue."""

    def put(scope: Scope) -> Properties:
        scope.call("set_queue_attributes", QueueUrl=scope.get("queueUrl"), Attributes={attribute: scope.inputs[prop]})
        return {}

    def remove(scope: Scope) -> None:
        scope.call("set_queue_attributes", QueueUrl=scope.id, Attributes={attribute: ""})

    def read(scope: Scope) -> Properties | None:
        value = block(as_block(scope.run(READ), READ.operation), "Attributes").get(attribute)
        return {prop: value} if value else None

    return Resource(
        token,
        "sqs",
        create=put,
        id="{queueUrl}",
        read=read,
        updates=(Update(prop, put),),
        delete=remove,
        documents="" if prop == "policy" else prop,
        policies="policy" if prop == "policy" else "",
        handled=f"queueUrl {prop}",
        immutable={"it belongs to one queue": "queueUrl"},
    )


def validate_queue(inputs: Properties) -> Failures:
    """Refusals of SQS, missing in moto."""
    ranges = {
        "delaySeconds": (0, 900),
        "maxMessageSize": (1024, 1048576),
        "messageRetentionSeconds": (60, 1209600),
        "receiveWaitTimeSeconds": (0, 20),
        "visibilityTimeoutSeconds": (0, 43200),
        "kmsDataKeyReusePeriodSeconds": (60, 86400),
    }
    failures = [
        (name, f"expected {name} to be in the range ({low} - {high}), got {value}")
        for name, (low, high) in ranges.items()
        if isinstance(value := inputs.get(name), int) and not low <= value <= high
    ]
    name, is_fifo = inputs.get("name"), inputs.get("fifoQueue") is True
    if isinstance(name, str) and name.endswith(".fifo") != is_fifo:
        failures.append(("name", f"a FIFO queue's name ends with .fifo, and no other's does, got {name!r}"))
    if inputs.get("contentBasedDeduplication") and not is_fifo:
        failures.append(("contentBasedDeduplication", "content-based deduplication can only be set for FIFO queue"))
    if inputs.get("kmsMasterKeyId") is not None and inputs.get("sqsManagedSseEnabled") is not None:
        failures.append(("kmsMasterKeyId", "conflicts with sqsManagedSseEnabled"))
    if inputs.get("fifoThroughputLimit") == PER_GROUP and inputs.get("deduplicationScope") in (None, "queue"):
        rule = "The perMessageGroupId value is allowed only when the value for DeduplicationScope is messageGroup"
        failures.append(("fifoThroughputLimit", f"{rule}, got {inputs.get('deduplicationScope') or 'queue'}"))
    return failures


def get_queue(scope: Scope) -> Properties:
    """The queue by name."""
    url = text(scope.call("get_queue_url", QueueName=scope.inputs["name"]), "QueueUrl")
    return as_resource(scope, "aws:sqs/queue:Queue", url, "sqs.GetQueueResult")


RESOURCES = (
    Resource(
        "aws:sqs/queue:Queue",
        "sqs",
        create=Call("create_queue"),
        id="QueueUrl",
        read=(READ,),
        updates=(
            Update(
                "contentBasedDeduplication deduplicationScope delaySeconds fifoThroughputLimit kmsDataKeyReusePeriodSeconds "
                "kmsMasterKeyId maxMessageSize messageRetentionSeconds policy receiveWaitTimeSeconds redriveAllowPolicy "
                "redrivePolicy sqsManagedSseEnabled visibilityTimeoutSeconds",
                Call("set_queue_attributes", {"QueueUrl": "{id}"}),
                only_changed=True,
            ),
        ),
        delete=Call("delete_queue", {"QueueUrl": "{id}"}),
        tags=Tags(
            add=Call("tag_queue", {"QueueUrl": "{id}"}),
            remove=Call("untag_queue", {"QueueUrl": "{id}"}),
            read=Call("list_queue_tags", {"QueueUrl": "{id}"}, reply="Tags"),
        ),
        autoname=Autoname(length_limit=80, suffix_when=("fifoQueue", ".fifo")),
        attributes="Attributes",
        names={
            "arn": "Attributes.QueueArn",
            "maxMessageSize": "Attributes.MaximumMessageSize",
            "messageRetentionSeconds": "Attributes.MessageRetentionPeriod",
            "receiveWaitTimeSeconds": "Attributes.ReceiveMessageWaitTimeSeconds",
            "visibilityTimeoutSeconds": "Attributes.VisibilityTimeout",
        },
        computed={"url": "{id}", "name": lambda scope: scope.id.rpartition("/")[2]},
        defaults={
            "contentBasedDeduplication": False,
            "delaySeconds": 0,
            "fifoQueue": False,
            "maxMessageSize": 262144,
            "messageRetentionSeconds": 345600,
            "receiveWaitTimeSeconds": 0,
            "visibilityTimeoutSeconds": 30,
        },
        documents="redrivePolicy redriveAllowPolicy",
        policies="policy",
        immutable={"a queue keeps its name and its kind for life": "name fifoQueue"},
        validate=validate_queue,
    ),
    queue_attribute("aws:sqs/queuePolicy:QueuePolicy", "policy", "Policy"),
    queue_attribute("aws:sqs/redrivePolicy:RedrivePolicy", "redrivePolicy", "RedrivePolicy"),
    queue_attribute("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", "redriveAllowPolicy", "RedriveAllowPolicy"),
)
FUNCTIONS = (Function("aws:sqs/getQueue:getQueue", "sqs", get_queue),)
