"""The page *How far back?*, in parts."""
