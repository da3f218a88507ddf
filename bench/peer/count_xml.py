"""Count the elements of one name in an XML document by expat, a SAX parser in C.

    python bench/peer/count_xml.py FILE NAME

Nothing is made of the elements: it is the least that a parser can do.
"""

import sys
from xml.parsers import expat

count = 0
name = sys.argv[2]


def start(element, attributes):
    global count
    if element == name:
        count += 1


parser = expat.ParserCreate()
parser.StartElementHandler = start
parser.buffer_size = 1 << 20
with open(sys.argv[1], "rb") as file:
    parser.ParseFile(file)
print(count)
