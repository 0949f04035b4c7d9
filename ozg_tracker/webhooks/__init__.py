"""The feed sent on: a municipality's other programs are told of what happened, signed, in order, each at least once."""
