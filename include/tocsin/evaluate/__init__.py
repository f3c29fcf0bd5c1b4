"""Score our judgement of single texts against people's: pure counting, so that any labelled file can be a measure."""
