"""What people say and who says it: topics, groups, saturation, stance, agency."""
