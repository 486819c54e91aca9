"""The sandbox's pulumi-docker: it really builds and pushes images."""
