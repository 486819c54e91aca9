"""The verdict of earlier versions, a dynamic resource: the engine loads its class from the state to refresh and delete it.

A program makes none any more: see ADR 0013.
Source: https://www.pulumi.com/docs/iac/concepts/providers/dynamic-providers/
"""

from pulumi import dynamic


class VerdictProvider(dynamic.ResourceProvider):
    """Reads what the state has and deletes nothing in the cloud, as its base class does."""

    serialize_as_secret_always = False  # as it was
