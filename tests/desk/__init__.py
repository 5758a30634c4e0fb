"""The test desk: a real sound server, screen, keyring and model server, all private to one run."""
