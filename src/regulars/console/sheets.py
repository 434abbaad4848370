"""Lists as files: what `kit.sheets` offers."""

from regulars.kit.sheets import BOM as BOM
from regulars.kit.sheets import Cell as Cell
from regulars.kit.sheets import Column as Column
from regulars.kit.sheets import csv_stream as csv_stream
from regulars.kit.sheets import harmless as harmless
from regulars.kit.sheets import xlsx_file as xlsx_file
