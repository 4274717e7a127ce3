"""The stages of the flow. Each reads the records of the one before; none imports another."""
