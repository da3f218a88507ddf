package typed

import "github.com/tarn-lake/tarn/internal/ingest/connector"

// NanosecondsOption says what becomes of times with nanoseconds, which no
// column of a time holds.
var NanosecondsOption = connector.OptionSpec{
	Name: "nanoseconds", Kind: connector.ChoiceOption, Choices: []string{"quarantine", "truncate"}, Default: "quarantine",
	Doc: "What becomes of a time with digits behind the microseconds.",
}

// Truncates reports whether NanosecondsOption says so.
func Truncates(s connector.Settings) bool {
	choice, _ := s.Text(NanosecondsOption.Name)
	return choice == "truncate"
}
