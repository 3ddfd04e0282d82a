"""The stage: what Python sends (payload, drawing), and what the browser does with it (*.js)."""
