"""The built-in recognizer, voice and command assistant: no key, no network, no download."""
