"""Letting people in who have lost their way: a slip of paper for a password, another second factor."""
