"""What the assistant can do, and the policy that decides when it may."""
