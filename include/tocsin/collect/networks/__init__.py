"""How social networks are read: each one file that says what to ask and turns its answer into posts, both pure."""
