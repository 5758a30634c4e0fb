"""Programs that run without a way out: own processes, own files, no network. Linux only."""
