"""Things that a person can use elsewhere: tables, events, contacts, texts, code."""
