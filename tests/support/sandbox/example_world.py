"""Examples as resources that live at the moment, each made with everything that it refers to."""

from collections.abc import Mapping
from typing import Any

from tests.support.sandbox.provider_driver import Driver, Live
from tests.support.sandbox.provider_examples import Example, pick, references, resolve
from tests.support.sandbox.self_signed import self_signed

IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"


class ExampleWorld:
    """What was made of a table of examples."""

    def __init__(self, driver: Driver, examples: Mapping[str, Example]) -> None:
        self.driver = driver
        self.examples = examples
        self.live: dict[str, Live] = {}
        self.order: list[str] = []

    def need(self, name: str) -> Live:
        """The example of this name, made now if it was not yet."""
        if name == "ami":
            image = self.driver.invoke("aws:ssm/getParameter:getParameter", {"name": IMAGE})
            return Live("", "ami", image["insecureValue"], {}, {})
        if name == "self_signed":
            return Live("", name, "", {}, dict(self_signed()))
        if name not in self.live:
            example = self.examples[name]
            for earlier in example.after.split():
                self.need(earlier)
            inputs = self.inputs(example.properties)
            self.live[name] = self.driver.create(example.type, name, inputs)
            self.order.append(name)
        return self.live[name]

    def inputs(self, properties: Any) -> Any:
        """Properties with the values of what they refer to."""
        for name in references(properties):
            self.need(name)
        return resolve(properties, self.look_up)

    def look_up(self, name: str, prop: str) -> Any:
        """A property of an example."""
        live = self.need(name)
        return live.id if prop == "id" else pick(live.outputs, prop)

    def end(self) -> None:
        """Deletes everything, last made first."""
        for name in reversed(self.order):
            self.driver.delete(self.live[name])
