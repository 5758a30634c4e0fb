"""What an obedient model does with the words of strangers: nothing that nobody allowed."""
