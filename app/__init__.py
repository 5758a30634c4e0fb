"""Sayso's headless core: no Qt, no PortAudio, no vendor names outside the providers."""

__version__ = "0.2.0"
