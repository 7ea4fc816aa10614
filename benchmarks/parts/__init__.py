"""What several measuring scripts share. Importing it puts this checkout's package first, whatever is installed."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
