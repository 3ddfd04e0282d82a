"""The page *Inside your own model*, in parts."""
