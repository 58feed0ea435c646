"""Learn finds out which interventions worked, against those held out."""
