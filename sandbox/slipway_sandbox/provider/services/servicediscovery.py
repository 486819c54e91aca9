"""Cloud Map: namespaces and the services in them."""

from collections.abc import Callable

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Resource, Tags, Template, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.readers import block, blocks, text
from slipway_sandbox.provider.protocol.wire import Properties

NAMES = Names("Service", {})


def tags(kind: str) -> Tags:
    """The tag calls of a namespace or a service."""
    arn = {"ResourceARN": f"arn:aws:servicediscovery:{{region}}:{{account}}:{kind}/{{id}}"}
    return Tags(
        add=Call("tag_resource", arn),
        remove=Call("untag_resource", arn),
        read=Call("list_tags_for_resource", arn, reply="Tags"),
        on_create=False,
    )


def namespace_id(scope: Scope) -> str:
    """The namespace's id; of a creation whose second call failed only the operation's is recorded."""
    if scope.id.startswith("ns-"):
        return scope.id
    operation = block(scope.call("get_operation", OperationId=scope.id), "Operation")
    return text(block(operation, "Targets"), "NAMESPACE")


def create_namespace(kind: str) -> Callable[[Scope], Properties]:
    """Makes a namespace. Cloud Map does so in an operation, whose id is recorded until the namespace's is known."""

    def create(scope: Scope) -> Properties:
        members = {"Name": "name", "Description": "description", "Vpc": "vpc"}
        request = {member: scope.inputs[name] for member, name in members.items() if scope.inputs.get(name)}
        scope.id = text(scope.call(f"create_{kind}_namespace", **request), "OperationId")
        scope.begun()
        try:
            return {"Id": namespace_id(scope)}
        finally:
            scope.id = ""  # no resource's id

    return create


def namespace(kind: str, name: str, *, vpc: str = "") -> Resource:
    """The resource type of one kind of namespace."""
    change: dict[str, Template] = {
        "Id": "{id}",
        "Namespace": {"Description": lambda scope: scope.inputs.get("description") or ""},
    }
    is_http = kind == "http"
    output, path = ("httpName", "HttpProperties.HttpName") if is_http else ("hostedZone", "DnsProperties.HostedZoneId")
    return Resource(
        f"aws:servicediscovery/{name[0].lower()}{name[1:]}:{name}",
        "servicediscovery",
        create=create_namespace(kind),
        id="Id",
        import_pattern=r"(?P<id>ns-[^:]+):(?P<vpc>.+)" if vpc else "",
        read=(Call("get_namespace", {"Id": "{id}"}, reply="Namespace"),),
        updates=() if is_http else (Update("description", Call(f"update_{kind}_namespace", change)),),
        delete=Call("delete_namespace", {"Id": namespace_id}),
        tags=tags("namespace"),
        autoname=Autoname(),
        reads={output: f"Properties.{path}"},
        immutable={
            "a namespace keeps its name and place": f"name {vpc}",
            "the real provider makes it anew": "description" if is_http else "",
        },
    )


def delete_service(scope: Scope) -> None:
    """Deletes the service; with forceDestroy its instances first."""
    if scope.state.get("forceDestroy"):
        for instance in blocks(scope.call("list_instances", ServiceId=scope.id), "Instances"):
            scope.call("deregister_instance", ServiceId=scope.id, InstanceId=instance["Id"])
    scope.call("delete_service", Id=scope.id)


def update_service(scope: Scope) -> None:
    """Changes the service; Cloud Map resets members without a value in the call."""
    names = ("description", "dnsConfig", "healthCheckConfig")
    values = {name: scope.inputs[name] for name in names if name in scope.inputs}
    request = scope.members("create_service", values, NAMES)
    if "DnsConfig" in request:
        request["DnsConfig"] = {"DnsRecords": block(request, "DnsConfig")["DnsRecords"]}
    scope.call("update_service", Id=scope.id, Service={"Description": "", **request})


RESOURCES = (
    namespace("http", "HttpNamespace"),
    namespace("private_dns", "PrivateDnsNamespace", vpc="vpc"),
    namespace("public_dns", "PublicDnsNamespace"),
    Resource(
        "aws:servicediscovery/service:Service",
        "servicediscovery",
        create=Call("create_service", reply="Service"),
        id="Id",
        read=(Call("get_service", {"Id": "{id}"}, reply="Service"),),
        updates=(Update("description dnsConfig healthCheckConfig", update_service),),
        delete=delete_service,
        tags=tags("service"),
        autoname=Autoname(),
        reads={
            "namespaceId": "NamespaceId || DnsConfig.NamespaceId",
            "type": "Type || (DnsConfig && 'DNS_HTTP') || 'HTTP'",
        },
        defaults={"forceDestroy": False},
        echoed="forceDestroy",
        immutable={
            "a service keeps its name and place": "healthCheckCustomConfig name namespaceId type",
            "Cloud Map has no call to change them": "dnsConfig.dnsRecords.type dnsConfig.namespaceId "
            "dnsConfig.routingPolicy healthCheckConfig.type",
        },
    ),
)
