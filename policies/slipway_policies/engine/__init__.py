"""Rules and how the pack runs them: properties, the graph of the stack, settings, the server for the engine."""
