"""The audio engine: a leaf library and one small program that owns the devices."""
