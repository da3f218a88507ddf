"""A plugin of pytest's: who asks for the REST catalog at localhost:8181 gets Tarn's, wherever it is."""

import os

from pyiceberg.catalog.rest import RestCatalog

begin = RestCatalog.__init__


def __init__(self, name, **properties):
    if properties.get("uri") == "http://localhost:8181":
        properties.update(uri=os.environ["URI"], token=os.environ["TOKEN"])
    begin(self, name, **properties)


RestCatalog.__init__ = __init__
