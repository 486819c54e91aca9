"""A node of a cluster: it runs pods as containers of this machine's Docker, and is the kubelet of them."""
