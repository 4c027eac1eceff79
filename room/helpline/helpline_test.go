package helpline_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"hearth/room"
	"hearth/room/helpline"
)

var today = time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC)

func good() helpline.Row {
	return helpline.Row{
		Region: "GB", Name: "Samaritans", Number: "116 123", Call: "116123", Text: "85258", Chat: "https://example.org/chat", URL: "https://example.org/",
		Hours: "Day and night", Languages: "English, Welsh", For: "Anybody", Cost: "Free", Rescue: "Only when a life is in danger", How: "Please wait in the line",
		Source: "example.org, contact page", Checked: "2026-11-01", By: "Kit",
	}
}

// TestRows: each rule on its own, and that a good row, the least row and rows in
// any writing pass.
func TestRows(t *testing.T) {
	long := strings.Repeat("a", 201)
	for name, c := range map[string]struct {
		change func(*helpline.Row)
		code   string
	}{
		"as it is":  {func(*helpline.Row) {}, ""},
		"the least": {func(r *helpline.Row) { *r = helpline.Row{Region: "US", Name: "988", Text: "988", Source: "x"} }, ""},
		"a way by chat only": {func(r *helpline.Row) {
			*r = helpline.Row{Region: "US", Name: "a", Chat: "https://a.example", Source: "x"}
		}, ""},
		"small letters, other signs":     {func(r *helpline.Row) { r.Region, r.Number, r.Call = "gb", "+44 (0)20/7946-0000", "" }, ""},
		"Arabic":                         {func(r *helpline.Row) { r.Name, r.For = "خط المساندة", "لكل من يحتاج" }, ""},
		"checked tomorrow, by the zone":  {func(r *helpline.Row) { r.Checked = "2026-11-29" }, ""},
		"no country":                     {func(r *helpline.Row) { r.Region = "" }, "helpline-region"},
		"a country in words":             {func(r *helpline.Row) { r.Region = "Wales" }, "helpline-region"},
		"a country in digits":            {func(r *helpline.Row) { r.Region = "44" }, "helpline-region"},
		"no name":                        {func(r *helpline.Row) { r.Name = " " }, "helpline-name"},
		"a long name":                    {func(r *helpline.Row) { r.Name = strings.Repeat("a", 81) }, "helpline-name"},
		"a name of two lines":            {func(r *helpline.Row) { r.Name = "a\nb" }, "helpline-name"},
		"a hidden sign in a name":        {func(r *helpline.Row) { r.Name = "Sama\u202eritans" }, "helpline-name"},
		"no way":                         {func(r *helpline.Row) { r.Number, r.Call, r.Text, r.Chat, r.URL = "", "", "", "", "" }, "helpline-way"},
		"letters to call":                {func(r *helpline.Row) { r.Number, r.Call = "0800-HELP", "" }, "helpline-call"},
		"two digits to call":             {func(r *helpline.Row) { r.Number, r.Call = "11", "11" }, "helpline-call"},
		"sixteen digits to call":         {func(r *helpline.Row) { r.Number, r.Call = strings.Repeat("1", 16), "" }, "helpline-call"},
		"shown and dialled differ":       {func(r *helpline.Row) { r.Number, r.Call = "116 123", "116124" }, "helpline-call"},
		"letters to text":                {func(r *helpline.Row) { r.Text = "HOME" }, "helpline-text"},
		"a chat without https":           {func(r *helpline.Row) { r.Chat = "http://example.org" }, "helpline-chat"},
		"a script as chat":               {func(r *helpline.Row) { r.Chat = "javascript:alert(1)" }, "helpline-chat"},
		"a name and password in a page":  {func(r *helpline.Row) { r.URL = "https://a:b@example.org" }, "helpline-url"},
		"a page on a port":               {func(r *helpline.Row) { r.URL = "https://example.org:8443/" }, "helpline-url"},
		"no source":                      {func(r *helpline.Row) { r.Source = "" }, "helpline-source"},
		"a long source":                  {func(r *helpline.Row) { r.Source = long }, "helpline-source"},
		"long hours":                     {func(r *helpline.Row) { r.Hours = long }, "helpline-line"},
		"languages over two lines":       {func(r *helpline.Row) { r.Languages = "a\nb" }, "helpline-line"},
		"marks in for whom":              {func(r *helpline.Row) { r.For = "<b>all</b>" }, "helpline-line"},
		"long cost":                      {func(r *helpline.Row) { r.Cost = long }, "helpline-line"},
		"long rescue":                    {func(r *helpline.Row) { r.Rescue = long }, "helpline-line"},
		"long how":                       {func(r *helpline.Row) { r.How = long }, "helpline-line"},
		"checked by nobody":              {func(r *helpline.Row) { r.By = "" }, "helpline-by"},
		"somebody checked on no day":     {func(r *helpline.Row) { r.Checked = "" }, "helpline-by"},
		"a long name of who checked":     {func(r *helpline.Row) { r.By = strings.Repeat("a", 81) }, "helpline-by"},
		"checked the day after tomorrow": {func(r *helpline.Row) { r.Checked = "2026-12-01" }, "helpline-checked"},
		"checked on no real day":         {func(r *helpline.Row) { r.Checked = "2026-02-30" }, "helpline-checked"},
		"checked in words":               {func(r *helpline.Row) { r.Checked = "today" }, "helpline-checked"},
	} {
		row := good()
		c.change(&row)
		got := ""
		if why := row.Tidy().Check(today); why != nil {
			got = why.Code
		}
		if got != c.code {
			t.Errorf("%s: %q, want %q", name, got, c.code)
		}
		if again := row.Tidy(); again != again.Tidy() {
			t.Errorf("%s: tidying twice is not the same as once", name)
		}
	}
}

// TestLists: which row is wrong, no service twice in a country but in two
// countries (U26), and a list that is too long.
func TestLists(t *testing.T) {
	two := helpline.List{good(), good()}
	two[1].Region = "IE"
	if err := two.Check(today); err != nil {
		t.Errorf("one name in two countries: %v", err)
	}
	two[1].Region, two[1].Name = "GB", "SAMARITANS"
	var problem *helpline.Problem
	if err := two.Check(today); !errors.As(err, &problem) || problem.Row != 1 || problem.Why.Code != "helpline-twice" {
		t.Errorf("one name twice in a country: %v", err)
	}
	two[1] = good()
	two[1].Name, two[1].Source = "Other", ""
	if err := two.Check(today); !errors.As(err, &problem) || problem.Row != 1 || !strings.Contains(err.Error(), "row 2: Please say where") {
		t.Errorf("a row without a source: %v", err)
	}
	var refusal *room.Refusal
	if err := make(helpline.List, helpline.MaxRows+1).Check(today); !errors.As(err, &refusal) || refusal.Code != "helpline-many" {
		t.Errorf("a long list: %v", err)
	}
	order := helpline.List{{Region: "US", Name: "b"}, {Region: "gb", Name: "Z"}, {Region: "GB", Name: "a"}}.Tidy()
	if order[0].Name != "a" || order[2].Region != "US" || strings.Join(order.Regions(), " ") != "GB US" {
		t.Errorf("the order is %v", order)
	}
	one, _, err1 := order.Encode()
	other, _, err2 := order[:2].Encode()
	if err := errors.Join(err1, err2); err != nil || one == other {
		t.Errorf("two lists are known by %s, %s, %v", one, other, err)
	}
}

// TestAges: a row is due after 90 days and good for 180 (practice §4), to the day.
func TestAges(t *testing.T) {
	for days, want := range map[int]struct{ due, good bool }{0: {false, true}, 90: {false, true}, 91: {true, true}, 180: {true, true}, 181: {true, false}} {
		row := good()
		row.Checked = today.AddDate(0, 0, -days).Format(time.DateOnly)
		list := helpline.List{row}
		at := time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
		if due, ok := len(list.Due(at)) == 1, list.Good("GB", at); due != want.due || ok != want.good {
			t.Errorf("after %d days due %v, good %v", days, due, ok)
		}
	}
	never := good()
	never.Checked, never.By = "", ""
	if list := (helpline.List{never}); len(list.Due(today)) != 1 || list.Good("GB", today) {
		t.Error("a row that nobody checked counts")
	}
	if (helpline.List{good()}).Good("IE", today) {
		t.Error("another country's row counts")
	}
}
