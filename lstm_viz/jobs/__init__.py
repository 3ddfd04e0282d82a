"""Where long work runs: settings in, files in a folder out; workers, a queue, and what survives.

This package knows nothing of training: ``Jobs`` is told which function does the work. The pages
talk to it through a database and files only, so the same jobs can be done on other machines later.

To stop a job: ``client`` asks, ``store`` remembers it, the work obeys when it next reports, and
``server`` ends what has not obeyed in time.
"""

from lstm_viz.jobs.client import Jobs, NotYoursError
from lstm_viz.jobs.ended import EndedError
from lstm_viz.jobs.settings import job_id
from lstm_viz.jobs.store import Job, State, UnreachableError

__all__ = ["EndedError", "Job", "Jobs", "NotYoursError", "State", "UnreachableError", "job_id"]
