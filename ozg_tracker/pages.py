"""Pages that belong to no single room: the overview by role, help and the legal pages."""
