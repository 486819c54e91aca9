"""A dynamic resource that asks about an image in a deployment, and exists once the answer was good: see ADR 0003.

It asks when it is made and when what it asks about changes; not at other runs, and never in a preview.
"""

from typing import Any

from pulumi import dynamic


class ImageQuestionProvider(dynamic.ResourceProvider):
    """Asks at creation and update. Its class is stored by reference, so that editing it is no change to any stack."""

    serialize_as_secret_always = False  # it captures nothing, and a secret would hide every diff
    profile: str | None = None

    def ask(self, props: dict[str, Any]) -> None:
        """Return, or end the call with what is wrong."""
        raise NotImplementedError

    def configure(self, req: dynamic.ConfigureRequest) -> None:
        """Take over aws:profile, which the provider of the other resources uses as well."""
        self.profile = req.config.get("aws:profile")

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Ask; what ends badly is not recorded, so the next run asks again."""
        self.ask(props)
        return dynamic.CreateResult(id_=props["image"], outs=dict(props))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.UpdateResult:
        """Ask about what is declared now."""
        self.ask(news)
        return dynamic.UpdateResult(outs=dict(news))

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """A change where what is asked about is another."""
        return dynamic.DiffResult(changes=any(olds.get(key) != news[key] for key in set(news) - {"__provider"}))
