"""Screenshots and other pictures on their way into a turn."""
