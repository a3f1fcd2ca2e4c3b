"""The figures of a period, recomputed from the event log, and when the weekly report falls due."""
