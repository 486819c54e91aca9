"""Directory form of the pack: `pulumi preview --policy-pack policies`, in the environment of PulumiPolicy.yaml."""

from slipway_policies.plugin import main

main()
