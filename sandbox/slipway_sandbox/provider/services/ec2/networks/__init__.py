"""VPCs and what is in them: subnets, routes, addresses, network ACLs."""
