"""The still charts, drawn by Plotly: one file a subject."""
