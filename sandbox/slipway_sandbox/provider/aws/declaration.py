"""How a resource type or function is declared: what to call on AWS, and only those names that do not follow by rule.

Templates: a parameter of a call may hold `{id}`, `{region}`, `{account}` or a property such as `{vpcId}`. A parameter that
is one placeholder takes the property's own value, and is left out when the property is absent. Where a text cannot say it, a
parameter is a function of the Scope.

Words: where a field lists properties, they stand in one string with spaces between, so that a declaration reads as a row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from slipway_sandbox.provider.aws.scope import Scope


@dataclass(frozen=True)
class Call:
    """One AWS operation."""

    operation: str
    """As boto3 spells it: create_vpc."""
    params: Mapping[str, Any] = field(default_factory=dict)
    """Members that do not follow from properties of the same name; values may be templates."""
    reply: str = "@"
    """JMESPath to the resource in the answer; may be a template. Default: the whole answer."""
    service: str = ""
    """botocore's service name. Default: the resource's own."""


@dataclass(frozen=True)
class Update:
    """The call that changes these properties; also made after creation where the create call does not take them."""

    properties: str
    call: "Call | Callable[[Scope], object]"
    only_changed: bool = False
    """Whether the call names only those that changed. Default: all of them, as most calls replace what they leave out."""


@dataclass(frozen=True)
class Tags:
    """The calls that add, remove and list the tags of one resource, or one that sets all of them."""

    add: Call | None = None
    remove: Call | None = None
    set_all: "Callable[[Scope], None] | None" = None
    """For a service that only sets all tags at once; it takes the place of the other two."""
    read: Call | None = None
    """Default: the tags are in what the resource's own read answers."""
    on_create: bool = True
    """Whether the create call takes tags. Default: it does."""


@dataclass(frozen=True)
class Autoname:
    """The property that gets `<name>-<7 hex digits>` when the program leaves it out, as the real provider does."""

    property: str = "name"
    length_limit: int = 255
    """Longest name that AWS accepts, in characters; a longer one is refused, as the real provider does."""
    lower_case: bool = False
    prefix: str = ""
    """What the name must begin with, such as alias/."""
    suffix_when: tuple[str, str] = ("", "")
    """A boolean property and what the name ends with when it is true, such as fifoQueue and .fifo."""
    is_bare: bool = False
    """Whether the name is the resource's own, without digits behind it."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource type: everything that differs from any other."""

    token: str = field(kw_only=False)
    service: str = field(kw_only=False)
    """botocore's service name."""
    create: "Call | Callable[[Scope], Mapping[str, Any]]"
    """Answers with what `id` is looked up in. A function sets `scope.id` as soon as the resource exists."""
    id: str
    """JMESPath into the create call's answer, or a template over properties, which then is the import id too."""
    read: "tuple[Call, ...] | Callable[[Scope], Mapping[str, Any] | None]"
    """Calls whose answers are laid over each other, each seeing the earlier; a function returns None for a resource gone."""
    delete: "Call | Callable[[Scope], object] | None"
    """None: there is nothing to delete on AWS."""
    updates: tuple[Update, ...] = ()
    settle: "Callable[[Scope], None] | None" = None
    """Waits, after creation and after each update, until AWS has done what was asked."""
    tags: Tags | None = None
    autoname: Autoname | None = None
    autonamed: str = ""
    """Names in lists of blocks that are found as the resource's own is, such as inlinePolicies.name."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Property to member path where the rule does not find it; dotted on both sides; `.` lays a block flat in its parent."""
    reads: Mapping[str, str] = field(default_factory=dict)
    """Property to JMESPath in the answer of `read`, where reading differs from writing."""
    attributes: str = ""
    """Member that takes the remaining properties as a map or as a list of keys and values, such as Attributes."""
    computed: "Mapping[str, str | Callable[[Scope], Any]]" = field(default_factory=dict)
    """Output to template, for what AWS does not answer or answers otherwise."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """What the real provider takes when the program leaves a property out."""
    immutable: Mapping[str, str] = field(default_factory=dict)
    """Why AWS cannot change them in place, and the properties; `block.member` is one member of a block."""
    replaced_when: "Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], bool]]" = field(default_factory=dict)
    """Properties whose change replaces in some cases only: whether it does, from the properties before and after."""
    echoed: str = ""
    """Properties that steer the provider itself, or that this cloud does not hold: accepted and kept in the state."""
    handled: str = ""
    """Properties that the functions of this declaration deal with themselves."""
    accepted: Mapping[str, str] = field(default_factory=dict)
    """Property path to words that the real provider takes beside those that AWS lists, such as Disabled."""
    documents: str = ""
    """Properties that hold JSON, compared by meaning."""
    renewed: str = ""
    """Outputs that every update changes, such as a version: unknown in its preview."""
    compare: "Mapping[str, Callable[[Any], Any]]" = field(default_factory=dict)
    """Property to the form in which two values of it can be compared, where JSON alone does not tell."""
    completed: str = ""
    """Blocks in which AWS fills in members that a program leaves out, such as the VPC of a network configuration."""
    ordered: str = ""
    """Lists whose order has a meaning. Every other list is compared as a set."""
    gone: str = ""
    """JMESPath that is true for a resource that only remains as a record, such as status == 'INACTIVE'."""
    missing: str = ""
    """Error codes that mean "does not exist", beside those that say NotFound or NoSuchEntity."""
    import_pattern: str = ""
    """Regular expression with a group per property, for import ids that the id's template cannot take apart; a group `id` is
    the id that remains."""
    exclusive: bool = False
    """Whether a replacement must be created after the old one is deleted, whatever its name."""
    validate: "Callable[[Mapping[str, Any]], list[tuple[str, str]]]" = lambda _: []
    """Rules beyond names and types: property path and reason for each that is broken."""

    @property
    def type_name(self) -> str:
        """The class, such as SecurityGroup."""
        return self.token.rpartition(":")[2]

    def words(self, name: str) -> frozenset[str]:
        """The properties in one of the fields that list them."""
        return frozenset(getattr(self, name).split())

    def immutable_properties(self) -> frozenset[str]:
        """Properties whose change replaces the resource."""
        named = frozenset(word for words in self.immutable.values() for word in words.split())
        return named | {"region"} | ({f"{self.autoname.property}Prefix"} if self.autoname else set())

    def updatable_properties(self) -> frozenset[str]:
        """Properties that an update call takes."""
        return frozenset(word for update in self.updates for word in update.properties.split())


@dataclass(frozen=True)
class Function:
    """One data source: a function from arguments to result."""

    token: str
    service: str
    run: "Callable[[Scope], Mapping[str, Any]]"
