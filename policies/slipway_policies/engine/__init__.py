"""What a rule is and how the pack runs it: properties, the stack's graph, settings, the server that the engine calls."""
