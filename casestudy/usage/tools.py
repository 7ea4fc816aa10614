"""What the exports of common tools look like: by which fields they are recognised, and a first mapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Tool:
    """A tool's export.

    Attributes
    ----------
    name : str
    marks : tuple of str
        Fields that all have to be there for it to be recognised.
    columns : mapping
        Our column to theirs, those tried in turn.
    kind : tuple of str
        Fields that say what was done, the first that is filled.
    time : mapping
        What the mapping says under ``time``; 'count' as format looks at the values for the unit.
    explode : str
        The field with one entry per event.
    automatic : tuple of str
        Kinds that the tool writes by itself: no acts of a person, so dropped.
    shows : tuple of str
        Kinds that show the person something.
    notes : tuple of str
        What a person has to look at.
    """

    name: str
    marks: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    kind: tuple[str, ...]
    time: Mapping[str, str] = field(default_factory=dict)
    explode: str = ""
    automatic: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


_DEVICES = "Ids are of browsers or devices where nobody signed in: one person may have several."

TOOLS = (
    Tool(
        "Matomo (Live API)",
        ("idVisit", "visitorId", "actionDetails"),
        {
            "participant_id": ("userId", "visitorId"),
            "timestamp": (".timestamp",),
            "target": (".url",),
            "client": ("deviceType",),
        },
        (".type",),
        {"format": "epoch_s"},
        explode="actionDetails",
        shows=("action", "search"),
        notes=(_DEVICES, "All pages are one kind of act: write rules on .url to tell them apart."),
    ),
    Tool(
        "Google Analytics 4 (BigQuery)",
        ("event_name", "event_timestamp", "user_pseudo_id"),
        {
            "participant_id": ("user_id", "user_pseudo_id"),
            "timestamp": ("event_timestamp",),
            "target": ("event_params[page_location]",),
            "client": ("device.category",),
        },
        ("event_name",),
        {"format": "epoch_us"},
        automatic=(
            "session_start", "first_visit", "first_open", "user_engagement", "app_remove", "os_update",
        ),
        shows=("page_view", "screen_view", "view_item", "view_item_list", "view_search_results"),
        notes=(_DEVICES, "Events of one batch may carry one time: their order within it is the export's."),
    ),
    Tool(
        "PostHog",
        ("uuid", "event", "distinct_id", "timestamp"),
        {
            "event_id": ("uuid",),
            "participant_id": ("person_id", "distinct_id"),
            "timestamp": ("timestamp",),
            "target": ("properties.$current_url",),
            "client": ("properties.$device_type",),
        },
        ("event",),
        {"zone": "UTC"},
        automatic=(
            "$pageleave", "$identify", "$create_alias", "$set", "$groupidentify", "$feature_flag_called",
            "$web_vitals", "$snapshot", "$opt_in",
        ),
        shows=("$pageview", "$screen"),
        notes=(_DEVICES,),
    ),
    Tool(
        "Mixpanel (raw export)",
        ("event", "properties.distinct_id", "properties.time"),
        {
            "event_id": ("properties.$insert_id",),
            "participant_id": ("properties.$user_id", "properties.distinct_id"),
            "timestamp": ("properties.time",),
            "target": ("properties.$current_url",),
            "client": ("properties.$browser", "properties.$os"),
        },
        ("event",),
        {"format": "count"},
        automatic=("$identify", "$create_alias", "$merge"),
        shows=("$mp_web_page_view",),
        notes=(
            _DEVICES,
            "Projects from before 2023 may count by the clock of the project's zone: compare a known act, "
            "and write clock: wall and zone: under time: then.",
        ),
    ),
    Tool(
        "Piwik PRO (raw data)",
        ("visitor_id", "session_id", "event_type", "timestamp"),
        {
            "event_id": ("event_id",),
            "participant_id": ("user_id", "visitor_id"),
            "timestamp": ("timestamp",),
            "target": ("event_url",),
            "client": ("device_type",),
        },
        ("event_type",),
        {"zone": "UTC"},
        shows=("Page view", "1"),
        notes=(_DEVICES, "Times without offset are of the site's zone: write it under time:, zone:."),
    ),
    Tool(
        "xAPI statements",
        ("actor", "verb.id", "object.id"),
        {
            "event_id": ("id",),
            "participant_id": (
                "actor.account.name", "actor.mbox_sha1sum", "actor.openid", "actor.mbox", "actor.name",
            ),
            "timestamp": ("timestamp", "stored"),
            "target": ("object.id",),
            "client": ("context.platform",),
        },
        ("verb.id",),
        shows=("viewed", "launched", "experienced", "read", "watched", "opened"),
        notes=(
            "An mbox is an address of a person: pseudonymise it before anything is shared.",
            "Names of accounts are one person's only within their homePage.",
        ),
    ),
    Tool(
        "Caliper events",
        ("actor", "action", "object", "eventTime"),
        {
            "event_id": ("id",),
            "participant_id": ("actor.id", "actor"),
            "timestamp": ("eventTime",),
            "target": ("object.id", "object"),
            "client": ("edApp.id", "edApp"),
        },
        ("action",),
        shows=("NavigatedTo", "Viewed", "Launched", "Searched"),
        notes=("Ids are addresses (IRI); pseudonymise those that name a person.",),
    ),
)  # fmt: skip

SERVER = Tool(
    "a server's log (combined)",
    ("host", "time", "request"),
    {
        "participant_id": ("user", "host"),
        "timestamp": ("time",),
        "target": ("path",),
        "client": ("agent",),
    },
    ("path",),
    {"format": "%d/%b/%Y:%H:%M:%S %z"},
    notes=(
        "Where nobody signs in, host is an address: several people may share one, and it is personal data.",
        "Crawlers that say so, and whoever never rests, are taken out when the log is cleaned.",
    ),
)
