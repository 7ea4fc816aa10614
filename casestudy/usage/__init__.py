"""Usage logs: events, sessions, measures, attrition, ways of using."""
