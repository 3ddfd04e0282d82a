"""What a class that is together says in the browser: its bar on every page, and its door."""

from __future__ import annotations

from lstm_viz.language import _, spoken
from lstm_viz.stage.payload_types import TogetherPayload


def together(is_door: bool) -> TogetherPayload:
    """The bar at the foot of every page, or the door at which one comes in."""
    return {"language": spoken().partition("_")[0], "is_door": is_door, "words": words()}


def words() -> dict[str, str]:
    """All that both say, in the language that is being spoken."""
    return {
        "class": _("The class"),
        # The door
        "students": _("I am a student"),
        "students_say": _(
            "Type the four words that your teacher shows. You then see the teacher's page, step "
            "and unit move in your own browser; you may look around by yourself and come back."
        ),
        "code": _("The code of the class: four words"),
        "code_example": _("amber river moon fox"),
        "join": _("Join"),
        "teachers": _("I am a teacher"),
        "teachers_say": _(
            "Open a class and show its code. Whoever types it follows what you do, on any page, "
            "and may be asked. No accounts; nothing is stored, and the class is gone after four "
            "hours."
        ),
        "open": _("Open a class"),
        "opened": _("Your class is open"),
        "write_up": _("Your students open {address} and type:"),
        "go_on": _(
            "Then go to any page by the menu above: they follow you. The line at the bottom stays "
            "with you; with it you ask, and end the class."
        ),
        "link": _("Or a link for students"),
        "own_link": _("Your own address, to come back from elsewhere: keep it to yourself"),
        "copy": _("Copy"),
        "copied": _("Copied"),
        "in_class": _(
            "You are in the class. As soon as the teacher opens a page, you see it here."
        ),
        "coming_in": _("Coming in …"),
        # The bar
        "present": _("Students: {count}"),
        "lost": _("The network is gone. It comes back by itself."),
        "not_yet": _("In class. The teacher has opened no page yet."),
        "following": _("In class. You follow the teacher."),
        "looking": _("You look around by yourself."),
        "follow_again": _("Follow again"),
        "leave": _("Leave"),
        "end": _("End the class"),
        "end_sure": _("End it for all?"),
        # Asking
        "ask": _("Ask …"),
        "question": _("A question to the class"),
        "question_example": _("Which gate has to fall at the next word?"),
        "options": _("Options, one on each line"),
        "options_example": _("forget gate\ninput gate"),
        "gates": _("Gates"),
        "gates_options": _("forget gate f\ninput gate i\ncandidate c̃\noutput gate o"),
        "units": _("Units"),
        "unit": _("unit {unit}"),
        "truth": _("True or false"),
        "truth_options": _("true\nfalse"),
        "ask_now": _("Ask now"),
        "reveal": _("Show the answers to all"),
        "take_away": _("Take the question away"),
        "answered": _("{count} of {all} have answered."),
        "mark_right": _("Press the option that is right before you show the answers, if one is."),
        "all_see": _("All see these answers."),
        "count": _("{count} ({share} %)"),
        "right": _("✓ right"),
        "yours": _("your answer"),
        "choose": _("What do you say? Choose before it is shown."),
        "chosen": _("Your answer is in. You may change it until the answers are shown."),
        "answers_shown": _("These are the answers of the class."),
        "you_right": _("You were right."),
        "you_wrong": _("You said something else. Look at the picture: why is it so?"),
        # What is refused
        "refused_unknown": _(
            "There is no class of this code. Compare the four words; a class is over after four "
            "hours."
        ),
        "refused_nowhere": _("This page comes from a file, and no class can be reached from it."),
        "refused_full": _("The class is full."),
        "refused_rooms": _("Too many classes are going on here. Try again later."),
        "refused_ended": _("The class is over."),
        "refused_over": _("That question is over."),
        "refused_shown": _("The answers are shown already."),
        "refused_options": _("A question needs from 2 to 12 options, one on each line."),
        "refused_same": _("Two options are the same."),
        "refused_empty": _("Type a question first."),
        "refused_long": _("Too long: a question has at most 300 characters, an option at most 80."),
        "refused_address": _("What is chosen on this page is too long to be followed."),
    }
