"""What is Streamlit's: how the app starts, its pages' addresses, and the controls."""
