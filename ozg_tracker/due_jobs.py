"""Every periodic job there is, in the order in which they build on each other."""
