"""Declaration of a resource type or function: its AWS calls, and the names outside of the rule.

Templates: a parameter of a call may hold `{id}`, `{region}`, `{account}` or a property such as `{vpcId}`. A parameter with
one placeholder and nothing else takes the property's own value; without the property the call has no such parameter. A
parameter may also be a function of the Scope.

Words: a field with several properties is one string with spaces between them, so each declaration reads as a row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from slipway_sandbox.provider.protocol.wire import Properties, Value

if TYPE_CHECKING:
    from slipway_sandbox.provider.aws.scope import Scope

Template: TypeAlias = "Value | Callable[[Scope], Value] | Sequence[Template] | Mapping[str, Template]"
"""A value with placeholders in its strings, or a function of the Scope."""
Action: TypeAlias = "Callable[[Scope], object]"
"""Makes the calls of one step; the answer does not count."""
Failures: TypeAlias = list[tuple[str, str]]
"""Property path and reason of each broken rule."""


@dataclass(frozen=True)
class Call:
    """One AWS operation."""

    operation: str
    """As boto3 spells it: create_vpc."""
    params: Mapping[str, Template] = field(default_factory=dict)
    """Members beside those of the properties, as templates."""
    reply: str = "@"
    """JMESPath to the resource in the answer; may be a template. Default: the whole answer."""
    service: str = ""
    """botocore's service name. Default: the resource's own."""


@dataclass(frozen=True)
class Update:
    """The call for a change of these properties; also made after a create call without members for them."""

    properties: str
    call: "Call | Action"
    only_changed: bool = False
    """Whether the call has only the changed properties. Default: all of them, since most calls reset the others."""


@dataclass(frozen=True)
class Tags:
    """The calls to add, remove and list the tags of one resource, or one call to set all of them."""

    add: Call | None = None
    remove: Call | None = None
    set_all: "Action | None" = None
    """For a service with one call for all tags; it replaces `add` and `remove`."""
    read: Call | None = None
    """Default: the answer of the resource's own read has the tags."""
    on_create: bool = True
    """Whether the create call takes tags. Default: it does."""


@dataclass(frozen=True)
class Autoname:
    """A property with the default `<name>-<7 hex digits>`, as in the real provider."""

    property: str = "name"
    length_limit: int = 255
    """Longest name in characters; Check refuses a longer one, as the real provider does."""
    lower_case: bool = False
    prefix: str = ""
    """First letters of every name, such as alias/."""
    suffix_when: tuple[str, str] = ("", "")
    """A boolean property and the name's ending when it is true, such as fifoQueue and .fifo."""
    is_bare: bool = False
    """Whether the name is the resource's own, without digits."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource type: its differences from all others.

    Example: an ECR repository policy in docs/sandbox-types.md.
    """

    token: str = field(kw_only=False)
    service: str = field(kw_only=False)
    """botocore's service name."""
    create: "Call | Callable[[Scope], Properties]"
    """The answer holds the `id`. A function sets `scope.id` as soon as the resource exists."""
    id: str
    """JMESPath into the create call's answer, or a template over properties. The template is the import id too."""
    read: "tuple[Call, ...] | Callable[[Scope], Properties | None]"
    """Calls; their answers are merged, and each call sees the earlier answers. A function returns None for a missing resource."""
    delete: "Call | Action | None"
    """None: there is nothing to delete on AWS."""
    updates: tuple[Update, ...] = ()
    finish: "Action | None" = None
    """Calls of a `create` function that `updates` does not have; made again after an incomplete creation."""
    settle: "Action | None" = None
    """Waits for AWS's work after creation and after each update."""
    tags: Tags | None = None
    autoname: Autoname | None = None
    autonamed: str = ""
    """Names in lists of blocks with the same default as `autoname`, such as inlinePolicies.name."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Property to member path, for names outside of the rule; dotted on both sides. `.` merges a block into its parent."""
    reads: Mapping[str, str] = field(default_factory=dict)
    """Property to JMESPath in the answer of `read`, where AWS reads and writes it differently."""
    attributes: str = ""
    """Member for all other properties, as a map or a list of keys and values, such as Attributes."""
    computed: Mapping[str, Template] = field(default_factory=dict)
    """Output to template, where AWS has no answer or another one."""
    defaults: Properties = field(default_factory=dict)
    """The real provider's default values."""
    derived: Mapping[str, Callable[[Properties], Value]] = field(default_factory=dict)
    """Property to its default value by the other properties; None for no value."""
    spellings: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    """Property path to a function: AWS's own spelling of a text, where the real provider takes several."""
    immutable: Mapping[str, str] = field(default_factory=dict)
    """Reason to properties: AWS cannot change these in place. `block.member` is one member of a block."""
    replaced_when: Mapping[str, Callable[[Properties, Properties], bool]] = field(default_factory=dict)
    """Property to a function of all properties before and after: whether this change replaces the resource."""
    echoed: str = ""
    """Properties without effect on AWS or in moto: accepted and kept in the state."""
    handled: str = ""
    """Properties for the functions of this declaration; the rule ignores them."""
    accepted: Mapping[str, str] = field(default_factory=dict)
    """Property path to further words of the real provider, beside AWS's list, such as Disabled."""
    documents: str = ""
    """Properties with JSON text, compared as data: white space and the order of keys do not count."""
    policies: str = ""
    """Properties with a policy in IAM's grammar, compared by its meaning."""
    renewed: str = ""
    """Outputs changed by every update, such as a version: unknown in the preview of an update."""
    compare: Mapping[str, Callable[[Value], object]] = field(default_factory=dict)
    """Property to a function: two values are the same when its results are equal."""
    completed: str = ""
    """Blocks with members filled in by AWS, such as the VPC of a network configuration."""
    ordered: str = ""
    """Lists with a meaningful order. Every other list is compared as a set."""
    gone: str = ""
    """JMESPath, true for the mere record of a deleted resource, such as status == 'INACTIVE'."""
    missing: str = ""
    """Further error codes for "does not exist", beside those with NotFound or NoSuchEntity in them."""
    import_pattern: str = ""
    """Regular expression with a group per property, for import ids in another form than the id's template. A group `id`
    is the resource's id."""
    exclusive: bool = False
    """Whether a replacement always waits for the deletion of the old resource."""
    validate: Callable[[Properties], Failures] = lambda _: []
    """Further rules, beside names and types. The properties may hold unknowns."""

    @property
    def type_name(self) -> str:
        """The class, such as SecurityGroup."""
        return self.token.rpartition(":")[2]

    def words(self, name: str) -> frozenset[str]:
        """The properties in a field of words."""
        return frozenset(getattr(self, name).split())

    def immutable_properties(self) -> frozenset[str]:
        """Properties to replace the resource for."""
        named = frozenset(word for words in self.immutable.values() for word in words.split())
        return named | {"region"} | ({f"{self.autoname.property}Prefix"} if self.autoname else set())

    def updatable_properties(self) -> frozenset[str]:
        """Properties with an update call."""
        return frozenset(word for update in self.updates for word in update.properties.split())


@dataclass(frozen=True)
class Function:
    """One data source: a function from arguments to result."""

    token: str
    service: str
    run: "Callable[[Scope], Properties]"
