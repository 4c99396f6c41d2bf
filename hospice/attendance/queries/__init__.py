"""Everything that is asked about coming and going; one reader a module."""

from hospice.attendance.queries.presence import came_columns, patience, state_of

__all__ = ["came_columns", "patience", "state_of"]
