"""Versioned static sites of scorecards and improvement plans, from YAML, Markdown and data."""
