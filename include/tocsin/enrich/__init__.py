"""Say which brands a text concerns, in which language, how it sounds, whom it names and whose copy it is."""
