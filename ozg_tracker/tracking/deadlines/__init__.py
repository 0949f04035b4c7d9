"""Until when what has to be done: deadlines, each changed from a day on, and moved with a reorganisation."""
