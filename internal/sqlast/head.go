package sqlast

// Head returns the word that a statement starts with, in capitals, such as
// INSERT; of a statement that starts with WITH, the word that follows the
// common table expressions. "" is text that starts with no word.
func Head(sql string) string {
	s := scanner{sql: sql}
	t := s.next()
	for t.word == "(" {
		t = s.next()
	}
	switch {
	case t.kind != wordToken:
		return ""
	case t.word != "WITH":
		return t.word
	}
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
				return t.word
			}
		}
	}
	return "WITH"
}

// Changes are the words that statements start with that change something; see
// [Head].
var Changes = []string{"INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "CREATE", "ALTER", "DROP", "COMMENT"}

// startsAfterWith are the words that a statement goes on with behind the common
// table expressions.
var startsAfterWith = map[string]bool{
	"SELECT": true, "FROM": true, "VALUES": true, "TABLE": true, "INSERT": true, "UPDATE": true, "DELETE": true,
	"MERGE": true, "PIVOT": true, "UNPIVOT": true, "DESCRIBE": true, "SUMMARIZE": true, "SHOW": true, "COPY": true,
}
