"""State machines of Step Functions."""

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Resource, Tags, Update

ARN = {"stateMachineArn": "{id}"}
OF_ARN = {"resourceArn": "{id}"}

RESOURCES = (
    Resource(
        "aws:sfn/stateMachine:StateMachine",
        "stepfunctions",
        create=Call("create_state_machine"),
        id="stateMachineArn",
        read=(Call("describe_state_machine", ARN),),
        updates=(
            Update(
                "definition encryptionConfiguration loggingConfiguration publish roleArn tracingConfiguration",
                Call("update_state_machine", ARN),
            ),
        ),
        delete=Call("delete_state_machine", ARN),
        tags=Tags(
            add=Call("tag_resource", OF_ARN),
            remove=Call("untag_resource", OF_ARN),
            read=Call("list_tags_for_resource", OF_ARN, reply="tags"),
        ),
        autoname=Autoname(length_limit=80),
        names={"loggingConfiguration.logDestination": "destinations.cloudWatchLogsLogGroup.logGroupArn"},
        computed={"arn": "{id}"},
        defaults={"publish": False, "type": "STANDARD"},
        documents="definition",
        immutable={"a state machine keeps its name and kind": "name type"},
        missing="StateMachineDoesNotExist",
    ),
)
