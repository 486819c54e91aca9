"""A question about an image, asked during a deployment. The resource exists once the answer was good: see ADR 0003.

It is asked when the resource is created and when its inputs change: not at other runs, and never in a preview.
"""

from collections.abc import Mapping

from pulumi import dynamic

from ._stored_class import changed_inputs, stored_elsewhere


class ImageQuestionProvider(dynamic.ResourceProvider):
    """Asks at creation and update. State stores a reference to the class, so an edit here changes no stack."""

    serialize_as_secret_always = False  # it captures nothing, and a secret would hide every diff
    profile: str | None = None

    def ask(self, props: Mapping[str, object]) -> None:
        """Return, or end the call with the reason."""
        raise NotImplementedError

    def configure(self, req: dynamic.ConfigureRequest) -> None:
        """Take aws:profile from the configuration, as the AWS provider does."""
        self.profile = req.config.get("aws:profile")

    def create(self, props: Mapping[str, object]) -> dynamic.CreateResult:
        """Ask. A bad answer is not recorded, so the next run asks again."""
        self.ask(props)
        return dynamic.CreateResult(id_=str(props["image"]), outs=dict(props))

    def update(self, _id: str, olds: Mapping[str, object], news: Mapping[str, object]) -> dynamic.UpdateResult:
        """Ask about the new inputs; a new path of the class alone asks nothing."""
        if changed_inputs(olds, news):
            self.ask(news)
        return dynamic.UpdateResult(outs=dict(news))

    def diff(self, _id: str, olds: Mapping[str, object], news: Mapping[str, object]) -> dynamic.DiffResult:
        """A change of an input, or of the class's path."""
        return dynamic.DiffResult(changes=bool(changed_inputs(olds, news)) or stored_elsewhere(olds, news))
