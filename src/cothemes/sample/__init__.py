"""The synthetic study that travels with the package."""
