"""The component plugin: the components for programs in every language that Pulumi has.

Source: https://www.pulumi.com/docs/iac/using-pulumi/extending-pulumi/build-a-component
"""

from ._plugin import Plugin, components_of
from ._serve import serve

__all__ = ["Plugin", "components_of", "serve"]
