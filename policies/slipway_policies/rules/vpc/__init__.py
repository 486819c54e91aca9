"""Rules for VPCs, their security groups and their network ACLs."""
