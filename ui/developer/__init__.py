"""The developer view: what goes over the wire of a realtime session, and how long turns took."""
