"""What rules read properties with: policy documents, networks, text that holds a secret."""
