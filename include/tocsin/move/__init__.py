"""Move all that one store keeps into another: a pilot's file becomes the team's store."""
