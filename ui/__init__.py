"""The Qt window: renders events, sends commands, holds no logic."""
