"""A package, so that pytest takes the loaded demo away behind the last file in it."""
