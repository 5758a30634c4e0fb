"""Pictures in the window: dragging a region, the preview, what goes with the next turn."""
