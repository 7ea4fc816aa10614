"""Coding in JupyterLab: a transcript, its codebook and a coder's work side by side."""

from casestudy.panel.codebook_part import codebook_editor as codebook_editor
from casestudy.panel.coding_panel import CodingPanel as CodingPanel
from casestudy.panel.coding_panel import panel as panel
from casestudy.panel.matrix_part import framework_matrix as framework_matrix
from casestudy.panel.overview import progress as progress
from casestudy.panel.scratch_copy import scratch as scratch
