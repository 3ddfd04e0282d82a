"""Files: what people have, as texts, tables and named arrays; nothing in them is ever run."""
