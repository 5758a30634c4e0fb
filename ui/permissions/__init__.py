"""The page of the tools: what they may do, what was allowed beforehand, what they did."""
