package xmlfile

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

var encodingDeclaration = regexp.MustCompile(`^\s*<\?xml\s[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["'][^>]*\?>`)

// encodings are those that a document may declare, in lower case; "" is found
// out from the byte order mark.
var encodings = map[string]connector.Encoding{
	"utf-8": connector.UTF8, "utf8": connector.UTF8, "us-ascii": connector.UTF8, "ascii": connector.UTF8,
	"utf-16": "", "utf-16le": connector.UTF16LE, "utf-16be": connector.UTF16BE,
	"iso-8859-1": connector.Latin1, "iso_8859-1": connector.Latin1, "latin1": connector.Latin1, "latin-1": connector.Latin1,
	"windows-1252": connector.Windows1252, "cp1252": connector.Windows1252,
}

// declaredEncoding returns the encoding that a document declares. A byte order
// mark, and bytes that are UTF-16, count for more.
func declaredEncoding(head []byte) (connector.Encoding, error) {
	switch found := connector.SniffEncoding(head, false); {
	case found == connector.UTF16LE, found == connector.UTF16BE, found.BOM(head) > 0:
		return found, nil
	}
	m := encodingDeclaration.FindSubmatch(head[:min(len(head), 1<<10)])
	if m == nil {
		return "", nil
	}
	encoding, ok := encodings[strings.ToLower(string(bytes.TrimSpace(m[1])))]
	if !ok {
		return "", diag.New("unknown-encoding", diag.Place{Line: 1}, "the document declares the encoding %s, which is not read", m[1]).
			WithHint("convert it, such as with iconv -f %s -t UTF-8, and drop the declaration", m[1])
	}
	if encoding == connector.UTF16LE || encoding == connector.UTF16BE {
		return "", nil // it is not: its declaration could be read byte by byte
	}
	return encoding, nil
}
