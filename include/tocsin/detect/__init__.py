"""Compare now with usual; say crisis or not, with evidence."""
