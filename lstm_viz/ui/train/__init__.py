"""The page *Watch it learn*, in parts."""
