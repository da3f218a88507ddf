package sqlast

import "strings"

// Head returns the word that a statement starts with, in capitals, such as
// INSERT; of a statement that starts with WITH, the word that follows the
// common table expressions. Of SELECT … INTO it is [SelectInto]. "" is text that
// starts with no word.
func Head(sql string) string {
	t := head(&scanner{sql: sql})
	if t.word == "SELECT" && strings.Contains(strings.ToUpper(sql[t.end:]), "INTO") && newReader(sql, Span{t.start, len(sql)}).into() {
		return SelectInto
	}
	return t.word
}

// head moves to the word that a statement starts with; one without a word is text
// that starts with none.
func head(s *scanner) token {
	t := s.next()
	for t.word == "(" {
		t = s.next()
	}
	switch {
	case t.kind != wordToken:
		return token{}
	case t.word != "WITH":
		return t
	}
	with := t
	// The next word outside of parentheses that starts a statement.
	depth := 0
	for t = s.next(); t.kind != endToken; t = s.next() {
		switch t.word {
		case "(":
			depth++
		case ")":
			depth--
		default:
			if depth == 0 && startsAfterWith[t.word] {
				return t
			}
		}
	}
	return with
}

// SelectInto is the head of SELECT … INTO, which makes a table.
const SelectInto = "SELECT INTO"

// Changes are the words that statements start with that change something; see
// [Head].
var Changes = []string{"INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "CREATE", "ALTER", "DROP", "COMMENT", SelectInto}

// startsAfterWith are the words that a statement goes on with behind the common
// table expressions.
var startsAfterWith = map[string]bool{
	"SELECT": true, "FROM": true, "VALUES": true, "TABLE": true, "INSERT": true, "UPDATE": true, "DELETE": true,
	"MERGE": true, "PIVOT": true, "UNPIVOT": true, "DESCRIBE": true, "SUMMARIZE": true, "SHOW": true, "COPY": true,
}
