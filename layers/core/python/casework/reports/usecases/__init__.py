"""What may be done with reports, one file each: taking reports in needs none of the libraries that an analysis loads."""
