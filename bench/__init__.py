"""What an issue sets a target for is measured here, as ratios in one run."""
