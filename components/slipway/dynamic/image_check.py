"""The class of image checks in states of earlier versions: the engine refreshes and deletes them with it."""

from pulumi import dynamic


class ImageCheckProvider(dynamic.ResourceProvider):
    """Checks nothing any more: a hook does (ADR 0017)."""

    serialize_as_secret_always = False  # it captures nothing, and a secret would hide every diff
