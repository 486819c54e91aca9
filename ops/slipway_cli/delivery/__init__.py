"""The delivery test, `slipway smoke`: a message published to a topic must reach each of its queues."""
