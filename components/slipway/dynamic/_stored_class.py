"""Which class a stack's state stores for a dynamic resource, and whether a declaration names the same one.

Pulumi stores the provider of a dynamic resource in the state, under `__provider`: the pickled module path and class name.
A state written before the modules moved names the earlier path. The next update stores the present one. A program in another
language stores none: there the component plugin has the provider.
Source: https://www.pulumi.com/docs/iac/concepts/providers/dynamic-providers/
"""

from collections.abc import Mapping

PROVIDER = "__provider"


def stored_elsewhere(olds: Mapping[str, object], news: Mapping[str, object]) -> bool:
    """Whether the state names the class by another path than the program does, or one of them names none."""
    return olds.get(PROVIDER) != news.get(PROVIDER)


def changed_inputs(olds: Mapping[str, object], news: Mapping[str, object]) -> set[str]:
    """Names of the declared inputs whose values differ from the state's; the class is none of them."""
    return {key for key in news if key != PROVIDER and olds.get(key) != news[key]}
