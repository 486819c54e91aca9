"""EKS: clusters and node groups whole, and add-ons, access entries, pod identities, updates and tags.

All of it is kept on moto's cluster, under the names of botocore's model, and is saved, reset and deleted with it.
"""
