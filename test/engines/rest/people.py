"""Use Tarn's REST catalog as people and programs do who are known to it, with what PyIceberg has for that.

    python people.py URI LOADER READER REVOKED    three tokens: of a service principal that may write, of one that
                                                  may read, and one that is good no more; ada has a password
"""

import sys

import pyarrow
from pyiceberg.catalog import load_catalog
from pyiceberg.exceptions import ForbiddenError, OAuthError, UnauthorizedError

uri, loader, reader, revoked = sys.argv[1:]
rows = pyarrow.table({"id": [1, 2, 3]})


def refused(error, what, *args, **named):
    try:
        what(*args, **named)
    except error as e:
        return str(e)
    raise AssertionError(f"{what} did not raise {error}")


def catalog(**settings):
    return load_catalog("tarn", type="rest", uri=uri, **settings)


# A service principal logs in with its name and a token, and renews nothing: the catalog is used at once.
etl = catalog(credential=f"etl:{loader}")
etl.create_namespace("people")
etl.create_table("people.numbers", rows.schema).append(rows)

# A person logs in with the password; a program shows its token as it is.
for reading in (catalog(credential="ada:correct horse battery"), catalog(token=reader)):
    assert reading.load_table("people.numbers").scan().to_arrow().num_rows == 3

bi = catalog(token=reader)
for change in (lambda: bi.load_table("people.numbers").append(rows), lambda: bi.drop_table("people.numbers"), lambda: bi.create_namespace("mine")):
    said = refused(ForbiddenError, change)
    assert "no policy permits it" in said, said
narrow = catalog(credential=f"etl:{loader}", scope="read")
assert "lacks the scope write" in refused(ForbiddenError, narrow.drop_table, "people.numbers")

assert "revoked" in refused(UnauthorizedError, catalog, token=revoked)
refused(UnauthorizedError, catalog)
for credential in (f"etl:{revoked}", "ada:another horse battery", f"ada:{loader}", "nobody:correct horse battery"):
    refused((OAuthError, UnauthorizedError), catalog, credential=credential)
print("people and programs are who they say")
