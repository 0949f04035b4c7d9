"""Every event of every room once, in the order in which it was committed: for programs that follow what happens."""
