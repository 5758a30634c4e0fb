"""Tests of app/desktop."""
