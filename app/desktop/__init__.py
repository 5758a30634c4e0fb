"""The desktop behind Protocols, one adapter per platform."""
