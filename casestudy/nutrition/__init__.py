"""From purchases to nutrients, scores and feedback to the household."""
