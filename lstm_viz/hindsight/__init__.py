"""Who is “someone”? A question that only what comes later answers.

``task`` draws the sentences, ``reader`` is a network of one or more layers in one or both
directions, ``teach`` trains the ones that ship with the app.
"""
