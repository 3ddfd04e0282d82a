"""Who is the sentence about? One grammar, in two languages."""
