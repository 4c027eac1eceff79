package strict

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

type share struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

type seatID string

// everything has a field of each kind that can be read.
type everything struct {
	Do     string    `json:"do"`
	Seat   seatID    `json:"seat,omitempty"`
	On     bool      `json:"on,omitempty"`
	Small  int8      `json:"small,omitempty"`
	Big    int64     `json:"big,omitempty"`
	Count  uint8     `json:"count,omitempty"`
	Needs  []seatID  `json:"needs,omitempty"`
	Lines  []share   `json:"lines,omitempty"`
	Grid   [][]int   `json:"grid,omitempty"`
	Inner  *share    `json:"inner,omitempty"`
	Resume *string   `json:"resume,omitzero"`
	Start  time.Time `json:"start,omitzero"`
	Plain  share     `json:"plain,omitempty"`
	Own    string    `json:"-"`
	Bare   string    `json:",omitempty"`
	hidden string    //lint:ignore U1000 a field that cannot be asked for
}

func code(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return fmt.Sprint(err)
}

func TestObjectRefuses(t *testing.T) {
	deep := func(n int) string { return strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n) }
	wide := func(n int) string { return `{"a":` + strings.Repeat("[", n) + strings.Repeat("]", n) + "}" }
	many := func(last string) string {
		var b strings.Builder
		for i := range 500 {
			fmt.Fprintf(&b, `"n%d":0,`, i)
		}
		return "{" + b.String() + `"` + last + `":0}`
	}
	cases := map[string][]string{
		"": {`{}`, " \n\t\r{ \"a\" : 1 , \"b\" : [ ] , \"c\" : { } } \n", deep(MaxDepth), wide(MaxDepth - 1), many("n500"),
			`{"a":-0.5e+10,"b":"\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t","":null}`, `{"do":"x","Do":"y"}`, `{"a":{"x":1},"b":{"x":1}}`},
		"not-json": {``, ` `, `1`, `"a"`, `null`, `[]`, `[{}]`, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,}`, `{a:1}`, `{'a':1}`,
			`{"a":01}`, `{"a":1.}`, `{"a":.5}`, `{"a":+1}`, `{"a":-}`, `{"a":1e}`, `{"a":0x1}`, `{"a":NaN}`, `{"a":tru}`, `{"a":True}`, `{"a":nul`,
			"{\"a\":\"\n\"}", "{\"a\":\"\x00\"}", `{"a":"\x41"}`, `{"a":"\u12"}`, `{"a":"\u12g4"}`, `{"a":"\`, `{"a":"\u`, `{"a" 1}`, `{"a":1 "b":2}`,
			`{"a":[1,]}`, `{"a":[1 2]}`, `{"a":[1`, `{"a":[}`, `{"a":1]`, "\ufeff{}", `/**/{}`, `{"a":1/**/}`, `{1:1}`, `{"a\x":1}`, `{"a":["\x"]}`},
		"not-utf8": {"{\"a\":\"\xff\"}", "{\"a\":\"\xc0\xaf\"}", "{\"a\":\"\xed\xa0\x80\"}", "{\"a\xc3\":1}", "{}\xff",
			`{"a":"\ud800"}`, `{"a":"\udc00"}`, `{"a":"\ud800\ud800"}`, `{"a":"\ud800x"}`, `{"a":"\ud800\n"}`, `{"\udfff":1}`},
		"too-deep":  {deep(MaxDepth + 1), wide(MaxDepth), deep(100000), wide(100000)},
		"duplicate": {`{"a":1,"a":1}`, `{"a":1,"\u0061":2}`, `{"x":{"a":1,"b":2,"a":3}}`, `{"x":[{"a":1,"a":3}]}`, `{"":1,"":2}`, many("n7"), many(`n49\u0039`)},
		"trailing":  {`{}{}`, `{} x`, `{},`, `{}]`, `{}null`, "{}\x00", `{"a":1}}`},
	}
	for want, messages := range cases {
		for _, message := range messages {
			_, err := Object([]byte(message))
			if got := code(err); err == nil && want != "" || err != nil && got != want {
				t.Errorf("%.60q: got %v, want %q", message, err, want)
			}
		}
	}
}

// A28: {"role":"x","Role":"facilitator"} must never reach anything that looks at
// one of them, while something else looks at the other.
func TestA28OddCaseNamesAreNotTheName(t *testing.T) {
	type entry struct {
		Role string `json:"role"`
	}
	for _, message := range []string{
		`{"role":"x","Role":"facilitator"}`, `{"Role":"facilitator","role":"x"}`, `{"role":"x","ROLE":"lead"}`, `{"role":"x","role ":"lead"}`, `{"role":"x","r\u00f4le":"lead"}`, `{"role":"x","\u0052ole":"lead"}`,
	} {
		fields, err := Object([]byte(message))
		if err != nil {
			t.Fatal(err)
		}
		if role, _ := fields.String("role"); role != "x" {
			t.Errorf("%s: role is %q", message, role)
		}
		if err := fields.Decode(&entry{}); code(err) != "unknown-field" {
			t.Errorf("%s: got %v, want unknown-field", message, err)
		}
	}
	for message, want := range map[string]string{`{"Role":"facilitator"}`: "missing", `{"role":"a","role":"b"}`: "duplicate"} {
		fields, err := Object([]byte(message))
		if err == nil {
			err = fields.Decode(&entry{})
		}
		if code(err) != want {
			t.Errorf("%s: got %v, want %s", message, err, want)
		}
	}
}

func TestStringAndHas(t *testing.T) {
	fields, err := Object([]byte(`{"do":"sh\u0061re","n":1,"x":null,"\u0065":"\ud83d\ude00\t/"}`))
	if err != nil {
		t.Fatal(err)
	}
	if do, err := fields.String("do"); do != "share" || err != nil {
		t.Errorf("do is %q, %v", do, err)
	}
	if e, err := fields.String("e"); e != "😀\t/" || err != nil {
		t.Errorf("e is %q, %v", e, err)
	}
	for name, want := range map[string]string{"n": "wrong-type", "x": "wrong-type", "y": "missing", "DO": "missing"} {
		if _, err := fields.String(name); code(err) != want {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
}

func TestDecodeReadsEveryKind(t *testing.T) {
	message := `{"do":"all","seat":"a1","on":true,"small":-128,"big":9007199254740993,"count":255,"needs":["b","\u0063"],
		"lines":[{"id":"1","text":"é"},{"id":"2","text":""}],"grid":[[1,2],[]],"inner":{"id":"3","text":"x"},"resume":null,
		"start":"2025-03-11T19:00:00Z","plain":{"text":"t","id":"4"},"Bare":"b"}`
	resume := "kept"
	got := everything{Resume: &resume}
	fields, err := Object([]byte(message))
	if err != nil {
		t.Fatal(err)
	}
	if err := fields.Decode(&got); err != nil {
		t.Fatal(err)
	}
	want := everything{Do: "all", Seat: "a1", On: true, Small: -128, Big: 9007199254740993, Count: 255, Needs: []seatID{"b", "c"},
		Lines: []share{{"1", "é"}, {"2", ""}}, Grid: [][]int{{1, 2}, {}}, Inner: &share{"3", "x"},
		Start: time.Date(2025, 3, 11, 19, 0, 0, 0, time.UTC), Plain: share{"4", "t"}, Bare: "b"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestDecodeRefuses(t *testing.T) {
	cases := map[string][]string{
		"": {`{"do":"x"}`, `{"do":"x","id":7,"big":-0}`},
		"wrong-type": {`{"do":1}`, `{"do":null}`, `{"do":true}`, `{"do":"x","on":"true"}`, `{"do":"x","on":null}`, `{"do":"x","on":1}`,
			`{"do":"x","small":128}`, `{"do":"x","small":-129}`, `{"do":"x","small":1.0}`, `{"do":"x","small":1e2}`, `{"do":"x","small":"1"}`,
			`{"do":"x","small":null}`, `{"do":"x","big":9223372036854775808}`, `{"do":"x","big":true}`, `{"do":"x","count":-1}`, `{"do":"x","count":256}`,
			`{"do":"x","needs":"b"}`, `{"do":"x","needs":null}`, `{"do":"x","needs":{}}`, `{"do":"x","needs":["b",1]}`, `{"do":"x","needs":[null]}`,
			`{"do":"x","lines":[1]}`, `{"do":"x","grid":[1]}`, `{"do":"x","plain":null}`, `{"do":"x","plain":[]}`, `{"do":"x","inner":"x"}`,
			`{"do":"x","start":"yesterday"}`, `{"do":"x","start":0}`, `{"do":"x","start":null}`, `{"do":"x","plain":{"id":1,"text":"t"}}`},
		"missing": {`{}`, `{"on":true}`, `{"do":"x","plain":{}}`, `{"do":"x","lines":[{"id":"1"}]}`, `{"do":"x","inner":{"text":"t"}}`},
		"unknown-field": {`{"do":"x","Own":"y"}`, `{"do":"x","-":"y"}`, `{"do":"x","hidden":"y"}`, `{"do":"x","bare":"y"}`, `{"do":"x","":1}`,
			`{"do":"x","plain":{"id":"1","text":"t","id2":1}}`, `{"do":"x","plain":{"id":"1","text":"t","ID":"2"}}`, `{"do":"x","lines":[{"id":"1","text":"t","do":"x"}]}`,
			`{"do":"x","plain":{"id":"1","text":"t","id ":1}}`, `{"do":"x","Id":7}`},
	}
	for want, messages := range cases {
		for _, message := range messages {
			fields, err := Object([]byte(message))
			if err != nil {
				t.Fatalf("%s: %v", message, err)
			}
			err = fields.Decode(&everything{}, "id")
			if err == nil && want != "" || err != nil && code(err) != want {
				t.Errorf("%s: got %v, want %q", message, err, want)
			}
		}
	}
}

// Whatever was sent stays out of the error: it may be a name, words or a token.
func TestErrorsHoldNothingThatWasSent(t *testing.T) {
	const secret = "canary"
	for _, message := range []string{
		`{"canary":1}`, `{"do":"canary","canary":1}`, `{"do":1,"seat":"canary"}`, `{"do":"x","start":"canary"}`, `{"canary":1,"canary":2}`, `{"canary`, `{} canary`, `{"do":"x","small":"canary"}`,
	} {
		fields, err := Object([]byte(message))
		if err == nil {
			err = fields.Decode(&everything{})
		}
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s was accepted", message)
			continue
		}
		if strings.Contains(e.Error()+e.Say+e.Field, secret) {
			t.Errorf("%s: the error repeats what was sent: %v", message, err)
		}
		if e.Say == "" || !strings.HasSuffix(e.Say, ".") {
			t.Errorf("%s: no kind sentence: %q", message, e.Say)
		}
	}
}

func TestDecodeIntoTheWrongThingPanics(t *testing.T) {
	for name, into := range map[string]any{
		"no pointer": share{}, "no struct": new(string), "a map": &struct{ M map[string]int }{}, "bytes": &struct{ B []byte }{},
		"anything": &struct{ A any }{}, "a float": &struct{ F float64 }{}, "embedded": &struct{ Error }{},
		"pointer to a map": &struct{ M *map[string]int }{},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("went unnoticed")
				}
			}()
			_ = Fields{}.Decode(into)
		})
	}
}

// Walls finding 3: a message cut off at any place is never taken for a whole one.
func TestCutMessageIsNeverWhole(t *testing.T) {
	message := []byte(` {"do":"share","id":"7f1c","text":"I am safe \u00e9\ud83d\ude00","n":[1,{"a":-2.5e3}],"t":true} `)
	whole := strings.LastIndexByte(string(message), '}') + 1
	for cut := range message {
		_, err := Object(message[:cut])
		if (err == nil) != (cut >= whole) {
			t.Errorf("cut at %d: %v", cut, err)
		}
	}
}

var sink share

func BenchmarkShare(b *testing.B) {
	message := []byte(`{"do":"share","id":"7f1c0c5e-5f0e-4c53-9a51-0a3c3f9f6b1d","text":"I had a hard week, and then my neighbour came by with soup."}`)
	b.ReportAllocs()
	b.SetBytes(int64(len(message)))
	for b.Loop() {
		fields, err := Object(message)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := fields.String("do"); err != nil {
			b.Fatal(err)
		}
		if err := fields.Decode(&sink, "do"); err != nil {
			b.Fatal(err)
		}
	}
}

// The same with the standard decoder, for comparison.
func BenchmarkShareByEncodingJSON(b *testing.B) {
	message := []byte(`{"do":"share","id":"7f1c0c5e-5f0e-4c53-9a51-0a3c3f9f6b1d","text":"I had a hard week, and then my neighbour came by with soup."}`)
	b.ReportAllocs()
	for b.Loop() {
		if err := json.Unmarshal(message, &sink); err != nil {
			b.Fatal(err)
		}
	}
}

// 8 KiB of names must cost in proportion to their length.
func BenchmarkManyNames(b *testing.B) {
	var text strings.Builder
	for i := 0; text.Len() < 8000; i++ {
		fmt.Fprintf(&text, `"%d":0,`, i)
	}
	message := []byte("{" + text.String() + `"":0}`)
	b.SetBytes(int64(len(message)))
	for b.Loop() {
		if _, err := Object(message); err != nil {
			b.Fatal(err)
		}
	}
}
