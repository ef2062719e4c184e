"""Nobody who asks first waits for tables to be read."""

import subprocess
import sys

ASKED = """
import gc
from datetime import date
from analyzers.stages import build_query
from analyzers.tables import read_table
from indexer.people.actor import Actor
from webapp.search.query import STAGES, asked_by
from webapp.search.question import parse_question
from webapp.search.rank import rank
from webapp.search.rehearsal import CHILD, rehearse

rehearse()
read = read_table.cache_info().misses
for text in ("Mohammed O'Brien-Shah 2014 M4 5TG", "يوسف Smyth 9/3/2014", "Nowak"):
    question = parse_question(text, today=date(2026, 11, 23))
    for stage in STAGES:
        build_query(asked_by(question, "359"), stage)
    rank(question, (CHILD,), Actor("ann", "practitioner", "359"), date(2026, 11, 23))
assert read_table.cache_info().misses == read >= 8, read_table.cache_info()
assert gc.get_freeze_count() > 0
"""


def test_all_tables_of_a_search_are_read_before_the_first():
    done = subprocess.run(
        [sys.executable, "-c", ASKED], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
