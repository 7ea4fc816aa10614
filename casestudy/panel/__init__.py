"""Coding in JupyterLab: a transcript, its codebook and a coder's work side by side."""

from casestudy.panel.coding_panel import CodingPanel as CodingPanel
from casestudy.panel.coding_panel import panel as panel
from casestudy.panel.overview import progress as progress
from casestudy.panel.scratch_copy import scratch as scratch
