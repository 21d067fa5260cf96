"""The story of a drop and of a packet. Only this room knows the order of the stages."""
