"""One policy for deadlines, retries and cancellation."""
