"""Networks: cells upon each other with an answer on top; shipped, edited, held, or a visitor's."""
