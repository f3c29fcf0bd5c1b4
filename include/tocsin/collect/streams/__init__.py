"""How streams are heard: each network one file of pure functions, and one loop that listens, keeps and goes on."""
