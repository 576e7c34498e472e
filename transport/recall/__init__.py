"""The basement: what a recall does, without I/O, clock or chance."""
