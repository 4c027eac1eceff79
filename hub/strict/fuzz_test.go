package strict

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
)

var seeds = []string{
	`{"do":"share","id":"7f1c","text":"hello"}`, `{"do":"hello","v":1,"resume":"mZ0","seq":41}`,
	`{"role":"x","Role":"facilitator"}`, `{"do":"a","do":"b"}`, `{"do":"a","\u0064o":"b"}`, `{"do":{"do":{"do":1,"do":2}}}`,
	`{"a":[[[[[[[1]]]]]]]}`, `{"a":[[[[[[[[1]]]]]]]]}`, `{}{}`, `{"a":"\ud800"}`, `{"a":"\ud83d\ude00"}`, "{\"a\":\"\xff\"}",
	`{"do":"x","small":1e2,"big":-0,"count":256}`, `{"do":"x","needs":[],"lines":[{"id":"","text":"\u0000"}],"inner":null}`,
	`{"do":"x","start":"2025-03-11T19:00:00Z","grid":[[1],[]]}`, "\ufeff{}", `{"__proto__":1}`, `{"do":"x","\u017feat":"kelvin \u212a"}`, ` { } `, `{"a":1`,
}

// FuzzObject: never panics; what is accepted means the same to encoding/json;
// no strict prefix of it is accepted.
func FuzzObject(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		fields, err := Object(data)
		if err != nil {
			return
		}
		var loose map[string]json.RawMessage
		if err := json.Unmarshal(data, &loose); err != nil {
			t.Fatalf("accepted %q, which is not JSON: %v", data, err)
		}
		if len(loose) != len(fields.members) {
			t.Fatalf("%q has %d members, want %d", data, len(fields.members), len(loose))
		}
		for name, raw := range loose {
			if !bytes.Equal(bytes.TrimSpace(raw), fields.value(name)) {
				t.Fatalf("%q: %q is %q, want %q", data, name, fields.value(name), raw)
			}
			var want any
			_ = json.Unmarshal(raw, &want)
			got, err := fields.String(name)
			if text, is := want.(string); is != (err == nil) || got != text {
				t.Fatalf("%q: %q is %q, %v, want %v", data, name, got, err, want)
			}
		}
		end := bytes.LastIndexByte(data, '}')
		if end > 4096 {
			return
		}
		for cut := range data[:end+1] {
			if _, err := Object(data[:cut]); err == nil {
				t.Fatalf("%q was accepted although it is cut from %q", data[:cut], data)
			}
		}
	})
}

// FuzzDecode: what is accepted into a struct is what encoding/json reads there.
func FuzzDecode(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		fields, err := Object(data)
		if err != nil {
			return
		}
		var strictly, loosely everything
		if err := fields.Decode(&strictly); err != nil {
			return
		}
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&loosely); err != nil {
			t.Fatalf("%q: accepted, but encoding/json says %v", data, err)
		}
		if !reflect.DeepEqual(strictly, loosely) {
			t.Fatalf("%q:\nread as      %+v\nencoding/json %+v", data, strictly, loosely)
		}
	})
}
