"""Registers the test desk and the rules that hold for every test."""

import hypothesis

pytest_plugins = ["tests.rules", "tests.desk.fixtures"]

# A busy computer is no defect: an example may take as long as it takes.
hypothesis.settings.register_profile(
    "sayso", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("sayso")
