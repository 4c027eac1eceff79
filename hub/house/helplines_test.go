package house

import (
	"strings"
	"testing"
	"time"
)

// TestReadHelplines: a file that is wrong is refused with the row as it stands in
// the file, whatever order hearth would give it, or with what is wrong in its form.
func TestReadHelplines(t *testing.T) {
	today := time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC)
	const us, gb = `{"region":"US","name":"988","text":"988","source":"x"}`, `{"region":"GB","name":"a","call":"116123","source":"x"}`
	for file, want := range map[string]string{
		`{"helplines":[` + us + `,` + gb + `]}`:                              "",
		`{"about":"ours","helplines":[]}`:                                    "",
		`{"helplines":[` + us + `,{"region":"GB","name":"a","source":"x"}]}`: "row 2: Please give at least one way",
		`{"helplines":[` + us + `,` + gb + `,` + us + `]}`:                   "row 3: There is a helpline of this name",
		`{"helplines":[{"region":"GB","name":"a","call":"116123"}]}`:         `"source" is missing`,
		`{}`:                                    `"helplines" is missing`,
		`{"helplines":[{"Region":"GB"}]}`:       `"region" is missing`,
		`{"helplines":[` + us + `],"more":1}`:   "unknown-field",
		`{"helplines":[` + us + `],"about":"a"`: "not-json",
		`[]`:                                    "form of a list of helplines",
	} {
		list, err := ReadHelplines([]byte(file), today)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", file, err, want)
		}
		if err == nil && len(list) == 2 && list[0].Region != "GB" {
			t.Errorf("the order is %v", list)
		}
	}
}
