"""The odyssey: which parts of a cell matter, by random search over every cell and task alike."""
