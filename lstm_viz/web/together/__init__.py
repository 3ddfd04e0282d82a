"""A class that is together: students see the teacher's page move in their own browsers.

A class is a small value (`room.py`), kept somewhere (`rooms.py`), and told over a websocket to all
who are in it whenever it has changed (`gate.py`). Nothing of it is written to a disk or a log.
"""
