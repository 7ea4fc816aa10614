"""Usage logs: events, sessions, measures, attrition, types, change; the simulator."""
