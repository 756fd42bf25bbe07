"""Records of a past week, from a file into the database: checked whole, then written whole."""

from qixue.demo.records.loading import RECORDS_CODE, RECORDS_FILE, load_records

__all__ = ["RECORDS_CODE", "RECORDS_FILE", "load_records"]
