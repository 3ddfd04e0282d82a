"""The page *Toggle the cell*, in parts."""
