"""The list of APScheduler jobs, and the scheduler that is only their ticker."""

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask


def start(app: Flask) -> BackgroundScheduler:
    """Start the jobs beside this process; any number of processes may do so."""
    scheduler = BackgroundScheduler(
        timezone="UTC",
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    scheduler.start()
    return scheduler
