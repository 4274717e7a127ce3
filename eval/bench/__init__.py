"""Speed and memory as ratios to a yardstick that runs beside them: `make bench`."""
