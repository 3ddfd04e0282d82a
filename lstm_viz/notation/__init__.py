"""How equations are written: typeset, with numbers, in a library's letters, as a program."""
