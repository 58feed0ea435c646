"""Pages: one file each; GET shows, POST changes."""
