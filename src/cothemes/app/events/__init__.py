"""Events that go out, and changes that open pages learn of."""
