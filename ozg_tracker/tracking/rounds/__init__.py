"""Rounds: departments are asked until a day whether what is known of their rows still holds."""
