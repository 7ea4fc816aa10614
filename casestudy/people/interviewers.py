"""Who speaks in a transcript without being heard: names by which interviewers are written."""

from __future__ import annotations

INTERVIEWERS = (
    *("interviewer", "moderator", "researcher", "facilitator", "i", "q"),
    *("interviewerin", "moderatorin", "haastattelija", "kysyjä", "intervjuare"),
    *("enquêteur", "enquêtrice", "entrevistador", "entrevistadora"),
)
