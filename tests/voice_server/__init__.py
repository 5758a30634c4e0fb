"""A timed Realtime server on loopback, which misbehaves on command."""
