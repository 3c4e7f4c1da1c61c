"""What may be done with walks, one file per part of a walk's life."""
