"""Show draws the pages, which read everything and change little."""
