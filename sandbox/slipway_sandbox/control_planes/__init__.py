"""EKS's control planes: etcd and Kubernetes's own programs for each cluster, and who signs in to them."""
