"""Copied into Airflow's config folder: loads the models once in the scheduler, whose forks the tasks are."""

import sys

if "scheduler" in sys.argv:
    try:
        from tocsin.preload import preload

        preload()
    except Exception as exc:  # What does not load is the task's error to tell, not the scheduler's end.
        sys.stderr.write(f"could not preload: {exc}\n")
