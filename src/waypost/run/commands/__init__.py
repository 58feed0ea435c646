"""Commands, one file each: an act on the workspace, and how it is asked for in a terminal."""
