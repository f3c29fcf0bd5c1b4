"""The demo: a self-written crisis, told to the real product by a local newsroom, caught before your eyes."""
