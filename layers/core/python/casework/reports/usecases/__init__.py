"""What may be done with reports, one file each: taking them in needs none of the libraries that an analysis loads."""
