"""The pages people see: one view a module, one template of the same name a view.

Those of the desk are in the folder `desk`; which process and which role has a page says access.csv.
"""

from importlib import import_module
from pkgutil import walk_packages

from flask import Blueprint

pages = Blueprint("pages", __name__)

for _module in walk_packages(__path__, f"{__name__}."):
    import_module(_module.name)
