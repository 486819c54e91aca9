"""Web ACLs and their associations."""

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Failures, Resource, Tags, Template, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.wire import Properties, Value

KEY = {"Id": "{id}", "Name": "{name}", "Scope": "{scope}"}
CHANGEABLE = (
    "captchaConfig challengeConfig customResponseBodies dataProtectionConfig defaultAction description rules tokenDomains "
    "visibilityConfig"
)


def lock_token(scope: Scope) -> Value:
    """The token for a change: WAF refuses a change with an older one."""
    return scope.call("get_web_acl", Id=scope.id, Name=scope.get("name"), Scope=scope.get("scope"))["LockToken"]


def validate_acl(inputs: Properties) -> Failures:
    """Refuses ruleJson: the sandbox would ignore it."""
    if inputs.get("ruleJson"):
        return [("ruleJson", "the sandbox takes rules as `rules` only; write them there")]
    return []


LOCKED: dict[str, Template] = {**KEY, "LockToken": lock_token}

RESOURCES = (
    Resource(
        "aws:wafv2/webAcl:WebAcl",
        "wafv2",
        create=Call("create_web_acl", reply="Summary"),
        id="Id",
        import_pattern=r"(?P<id>[^/]+)/(?P<name>[^/]+)/(?P<scope>REGIONAL|CLOUDFRONT)",
        read=(
            Call(
                "get_web_acl",
                KEY,
                reply="merge(WebACL, {LockToken: LockToken, ApplicationIntegrationURL: ApplicationIntegrationURL || ''})",
            ),
        ),
        updates=(Update(CHANGEABLE, Call("update_web_acl", LOCKED)),),
        delete=Call("delete_web_acl", LOCKED),
        tags=Tags(
            add=Call("tag_resource", {"ResourceARN": "{arn}"}),
            remove=Call("untag_resource", {"ResourceARN": "{arn}"}),
            read=Call("list_tags_for_resource", {"ResourceARN": "{ARN}"}, reply="TagInfoForResource.TagList"),
        ),
        autoname=Autoname(length_limit=128),
        reads={"customResponseBodies": "`null`", "dataProtectionConfig": "`null`"},
        echoed="associationConfig monetizationConfig ruleJson",
        renewed="lockToken",
        immutable={"a web ACL keeps its name and scope": "name scope"},
        missing="WAFNonexistentItemException",
        validate=validate_acl,
    ),
    Resource(
        "aws:wafv2/webAclAssociation:WebAclAssociation",
        "wafv2",
        create=Call("associate_web_acl"),
        id="{webAclArn},{resourceArn}",
        read=(Call("get_web_acl_for_resource", {"ResourceArn": "{resourceArn}"}, reply="WebACL"),),
        delete=Call("disassociate_web_acl", {"ResourceArn": "{resourceArn}"}),
        names={"webAclArn": "WebACLArn"},
        reads={"webAclArn": "ARN"},
        immutable={"the pair is all there is": "resourceArn webAclArn"},
        exclusive=True,  # a resource has one
    ),
)
