"""Parameters and documents, and look-ups of parameters such as the id of the newest Amazon Linux image."""

from slipway_sandbox.provider.aws.client import AwsError
from slipway_sandbox.provider.aws.declaration import Autoname, Call, Failures, Function, Resource, Tags, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.readers import block, blocks, present, text
from slipway_sandbox.provider.protocol.wire import Properties, Value

VALUES = ("value", "insecureValue", "valueWo")
PARAMETER = "allowedPattern dataType description keyId name tier type"
DOCUMENT = "attachmentsSources content documentFormat targetType versionName"
ATTACHMENTS = {"attachmentsSources": "Attachments"}


def get_parameter(scope: Scope) -> Properties:
    """The parameter's value as a secret, decrypted unless withDecryption is false."""
    decrypt = scope.inputs.get("withDecryption", True)
    reply = scope.call("get_parameter", Name=scope.inputs["name"], WithDecryption=decrypt)
    parameter = block(reply, "Parameter")
    value = parameter["Value"]
    is_plain = parameter["Type"] in ("String", "StringList")
    return {
        **scope.inputs,
        "id": parameter["Name"],
        "arn": parameter["ARN"],
        "type": parameter["Type"],
        "value": wire.Secret(value),
        "insecureValue": value if is_plain else None,
        "version": parameter["Version"],
        "withDecryption": decrypt,
    }


def put_parameter(scope: Scope) -> Properties:
    """Writes the parameter. With overwrite a new resource may replace an existing parameter."""
    values = {name: scope.get(name) for name in PARAMETER.split() if scope.get(name) is not None}
    value = next(scope.inputs[name] for name in VALUES if scope.inputs.get(name) is not None)
    is_over = bool(scope.id or scope.inputs.get("overwrite"))
    request = scope.members("put_parameter", {**values, "value": value}, Names("Parameter", {}))
    scope.call("put_parameter", Overwrite=is_over, **request)
    return {"Name": scope.inputs["name"]}


def read_parameter(scope: Scope) -> Properties | None:
    """The parameter with its decrypted value, in the program's property."""
    parameter = block(scope.call("get_parameter", Name=scope.id, WithDecryption=True), "Parameter")
    filters: list[Value] = [{"Key": "Name", "Option": "Equals", "Values": [scope.id]}]
    described = blocks(scope.call("describe_parameters", ParameterFilters=filters), "Parameters")[0]
    value = parameter.pop("Value")
    if scope.get("insecureValue") is not None:
        return {**described, **parameter, "InsecureValue": value}
    return {**described, **parameter, "Value": "" if scope.get("valueWo") is not None else value}


def validate_parameter(inputs: Properties) -> Failures:
    """A parameter has one value; a SecureString has no insecureValue."""
    if sum(name in inputs for name in VALUES) != 1:
        return [("value", f"exactly one of {', '.join(VALUES)} is required")]
    if "insecureValue" in inputs and inputs.get("type") == "SecureString":
        return [("insecureValue", "cannot hold a SecureString; use value")]
    return []


def update_document(scope: Scope) -> None:
    """Makes a new version of the document, and makes it the default."""
    request = scope.members("update_document", present(scope.inputs, DOCUMENT), Names("Document", ATTACHMENTS))
    try:
        reply = scope.call("update_document", Name=scope.id, DocumentVersion="$LATEST", **request)
        version = text(block(reply, "DocumentDescription"), "DocumentVersion")
    except AwsError as error:  # moto refuses the content of any earlier version, AWS only the latest
        if error.code != "DuplicateDocumentContent":
            raise
        version = same_version(scope)
    scope.call("update_document_default_version", Name=scope.id, DocumentVersion=version)


def same_version(scope: Scope) -> str:
    """The document's latest version with the program's content."""
    latest = text(block(scope.call("describe_document", Name=scope.id), "Document"), "LatestVersion")
    for version in map(str, range(int(latest), 0, -1)):
        document = scope.call("get_document", Name=scope.id, DocumentVersion=version)
        if document["Content"] == scope.inputs["content"]:
            return version
    raise ProviderError(f"document {scope.id} has no version with this content")


def tags(kind: str) -> Tags:
    """The tag calls of one kind of resource."""
    of = {"ResourceType": kind, "ResourceId": "{id}"}
    return Tags(
        add=Call("add_tags_to_resource", of),
        remove=Call("remove_tags_from_resource", of),
        read=Call("list_tags_for_resource", of, reply="TagList"),
        on_create=False,
    )


RESOURCES = (
    Resource(
        "aws:ssm/parameter:Parameter",
        "ssm",
        create=put_parameter,
        id="{name}",
        read=read_parameter,
        updates=(Update(f"{' '.join(VALUES)} valueWoVersion {PARAMETER}", put_parameter),),
        delete=Call("delete_parameter", {"Name": "{id}"}),
        tags=tags("Parameter"),
        autoname=Autoname(length_limit=1011),
        reads={"insecureValue": "InsecureValue", "value": "Value"},
        computed={
            "arn": lambda scope: f"arn:aws:ssm:{scope.region}:{scope.account}:parameter/{scope.id.lstrip('/')}",
            "hasValueWo": lambda scope: scope.get("valueWo") is not None,
        },
        defaults={"dataType": "text", "tier": "Standard"},
        echoed="arn overwrite",
        renewed="version",
        immutable={"a parameter keeps its name and kind": "dataType name"},
        replaced_when={
            "tier": lambda before, after: (before.get("tier"), after.get("tier")) == ("Advanced", "Standard")
        },
        validate=validate_parameter,
    ),
    Resource(
        "aws:ssm/document:Document",
        "ssm",
        create=Call("create_document", reply="DocumentDescription"),
        id="{name}",
        read=(
            Call("describe_document", {"Name": "{id}"}, reply="Document"),
            Call("get_document", {"Name": "{id}"}, reply="{Content: Content}"),
        ),
        updates=(Update(DOCUMENT, update_document),),
        delete=Call("delete_document", {"Name": "{id}"}),
        tags=tags("Document"),
        autoname=Autoname(length_limit=128),
        names=ATTACHMENTS,
        computed={"arn": "arn:aws:ssm:{region}:{account}:document/{id}"},
        defaults={"documentFormat": "JSON"},
        echoed="permissions",
        renewed="defaultVersion documentVersion hash latestVersion",
        immutable={"a document keeps its name and kind": "documentType name"},
        missing="InvalidDocument",
    ),
)
FUNCTIONS = (Function("aws:ssm/getParameter:getParameter", "ssm", get_parameter),)
