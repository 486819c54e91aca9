"""VPCs and their parts: subnets, routes, addresses, network ACLs."""
