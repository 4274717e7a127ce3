"""How often each code applies in these interviews, once a model's errors are measured and taken off."""
