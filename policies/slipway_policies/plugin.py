"""The pack as the Pulumi engine starts it: the installed program `slipway-policy-pack`.

`pulumi preview --policy-pack "$(slipway policies path)"`; from a checkout `--policy-pack policies` starts the same.

Source: https://www.pulumi.com/docs/iac/crossguard/core-concepts/
"""

import sys

from slipway_policies.engine.pack import Pack
from slipway_policies.engine.server import Analyzer, serve
from slipway_policies.rules import all_rules


def main() -> None:
    """Serve the pack until the engine ends this process."""
    if not any(":" in argument for argument in sys.argv[1:2]):  # the engine gives its address, host:port
        raise SystemExit(
            "slipway-policy-pack: the Pulumi engine starts this program; run: "
            'pulumi preview --policy-pack "$(slipway policies path)"'
        )
    serve(Analyzer(Pack(all_rules())))
