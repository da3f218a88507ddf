"""Writes events with Python's logging through logfmter: the argument is the file."""

import logging
import sys

from logfmter import Logfmter

handler = logging.FileHandler(sys.argv[1], encoding="utf-8")
handler.setFormatter(Logfmter(keys=["at", "level", "logger"], mapping={"at": "asctime", "level": "levelname", "logger": "name"}, datefmt="%Y-%m-%dT%H:%M:%S"))
log = logging.getLogger("shop.checkout")
log.setLevel(logging.DEBUG)
log.propagate = False
log.addHandler(handler)

log.info("order placed", extra={"order": 17, "total": 12.5, "user": "anna", "paid": True})
log.warning('say "hi" = \\ back', extra={"order": 18, "user": None, "note": "", "total": 3})
log.info({"msg": "über", "order": 19, "url": "/a?b=c", "list": [1, 2]})
try:
    raise ValueError("disk\nfull")
except ValueError:
    log.exception("failed")
