"""Run recorded history through the same rooms on a clock that jumps, so that a crisis can be lived again."""
