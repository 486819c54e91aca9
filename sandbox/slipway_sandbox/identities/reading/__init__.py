"""From an HTTP request to its credentials and to the AWS call in it."""
