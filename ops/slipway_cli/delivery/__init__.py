"""The delivery test, `slipway smoke`: does a message that is published to a topic reach each queue."""
