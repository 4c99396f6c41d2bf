"""A process that sends what is due, as one of several would: `python -m tests.reminders.worker`."""

import sys
from datetime import datetime

from hospice import create_app, jobs


def main(folder: str, database: str, smtp: str, now: str) -> None:
    """Send until nothing waits, as if it were `now` all along; begin when a line comes in."""
    app = create_app(
        {
            "INSTANCE_DIR": folder,
            "SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests",
            "BASE_URL": "http://localhost",
            "TIMEZONE": "Asia/Shanghai",
            "DATABASE_URL": database,
            "SMTP_URL": smtp,
            "MAIL_FROM": "roster@example.org",
        }
    )
    print("ready", flush=True)
    sys.stdin.readline()  # so that several begin together
    with app.app_context():
        print(jobs.send_reminders(datetime.fromisoformat(now), budget=300), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
