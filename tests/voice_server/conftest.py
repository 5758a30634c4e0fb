"""The published schema, for the server's own frames."""

from tests.providers.openai.conftest import oracle as oracle
