package quiet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// line logs once, as text and as JSON, and gives both lines.
func line(t *testing.T, log func(*slog.Logger)) (text string, fields map[string]any) {
	t.Helper()
	var asText, asJSON bytes.Buffer
	log(slog.New(NewHandler(&asText, Options{})))
	log(slog.New(NewHandler(&asJSON, Options{JSON: true})))
	for _, out := range []*bytes.Buffer{&asText, &asJSON} {
		if n := bytes.Count(out.Bytes(), []byte("\n")); n != 1 || !bytes.HasSuffix(out.Bytes(), []byte("\n")) {
			t.Fatalf("%d lines: %q", n, out)
		}
	}
	if err := json.Unmarshal(asJSON.Bytes(), &fields); err != nil {
		t.Fatalf("%q does not parse: %v", asJSON.String(), err)
	}
	return asText.String(), fields
}

func TestAllowedKeysAreWrittenAndOthersDropped(t *testing.T) {
	text, fields := line(t, func(log *slog.Logger) {
		log.With("status", 200, "name", "canary").Info("request", "route", "/api/open", "ms", int64(12), "seat", "canary", "text", "canary",
			slog.Group("store", "what", "commit", "query", "canary"), slog.Group("person", "what", "canary"), slog.Group("", "code", "busy", "token", "canary"),
			slog.Group("store", "only", "canary"), "store", "canary", "ok", true, "listen", "127.0.0.1:8080")
	})
	for _, part := range []string{"level=INFO", "msg=request", "status=200", "route=/api/open", "ms=12", "store.what=commit", "code=busy", "listen=127.0.0.1:8080"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q lacks %s", text, part)
		}
	}
	if strings.Contains(text, "canary") || strings.Contains(text, "ok=") {
		t.Errorf("%q holds what is not allowed", text)
	}
	want := map[string]any{"msg": "request", "level": "INFO", "status": 200.0, "route": "/api/open", "ms": 12.0, "store": map[string]any{"what": "commit"}, "code": "busy", "listen": "127.0.0.1:8080"}
	delete(fields, "time")
	if got := fmt.Sprint(fields); got != fmt.Sprint(want) {
		t.Errorf("fields are %v, want %v", got, want)
	}
}

func TestGroupsThatAreNotAllowedSwallow(t *testing.T) {
	text, _ := line(t, func(log *slog.Logger) {
		log.WithGroup("").WithGroup("store").With("what", "commit").Info("kept", "count", 3)
	})
	if !strings.Contains(text, "store.what=commit store.count=3") {
		t.Errorf("%q lacks the group", text)
	}
	text, _ = line(t, func(log *slog.Logger) {
		log.With("status", 1).WithGroup("person").With("what", "canary").WithGroup("store").Info("kept", "count", "canary")
	})
	if strings.Contains(text, "canary") || !strings.Contains(text, "status=1") {
		t.Errorf("%q is not what should be left", text)
	}
}

type card struct{ Name string }

type broken struct{}

func (*broken) Error() string { panic("broken") }

func TestValuesOfOtherTypesAreRedacted(t *testing.T) {
	at := time.Date(2025, 3, 11, 19, 0, 0, 0, time.UTC)
	text, _ := line(t, func(log *slog.Logger) {
		log.Info("m", "what", card{"canary"}, "why", []string{"canary"}, "code", card{"canary"}, "type", []card{{"canary"}}, "session", &card{"canary"}, "origin", []byte("canary"),
			"took", 3*time.Second, "wait", at, "count", uint64(7), "bytes", 1.5, "attempt", true, "status", nil, "err", (*broken)(nil), "route", map[string]string{"canary": "canary"}, "store", card{"canary"})
	})
	if strings.Contains(text, "canary") {
		t.Errorf("%q holds a canary", text)
	}
	for _, part := range []string{"what=[redacted]", "why=[redacted]", "code=[redacted]", "type=[redacted]", "session=[redacted]", "origin=[redacted]", "took=3s", "wait=2025-03-11T19:00:00.000Z", "count=7", "bytes=1.5", "attempt=true", "status=none", `err="an error that cannot be read"`} {
		if !strings.Contains(text, part) {
			t.Errorf("%q lacks %s", text, part)
		}
	}
}

// A36: whatever an error carries in from outside, a line stays a line and parses.
func TestA36HostileHeadersStayInTheirLine(t *testing.T) {
	for _, hostile := range []string{
		"a\nlevel=ERROR msg=forged", "a\r\n{\"level\":\"ERROR\"}", `a","level":"ERROR`, "a\x1b[2J\x1b[31mred", "a\x00b", "a\u2028b\u2029c", "a\u202egnirts", "a\xff\xfeb", "\ufeff", "a\\", `"`, "'", "=", "a b=c",
		strings.Repeat("x", 1<<20), strings.Repeat("é", 5000), strings.Repeat("\x00", 5000), strings.Repeat("\u202e", 500), strings.Repeat(":", 5000), strings.Repeat("1.", 9000),
	} {
		text, fields := line(t, func(log *slog.Logger) {
			log.Error("bad "+hostile, "err", fmt.Errorf("origin %q: %s", hostile, hostile), "what", hostile, "listen", hostile)
		})
		for _, key := range []string{"msg", "err", "what", "listen"} {
			value, _ := fields[key].(string)
			if len(value) > most+len("…") {
				t.Errorf("%.20q: %s has %d bytes", hostile, key, len(value))
			}
			for _, r := range value {
				if r < ' ' || r >= 0x7f && r <= 0x9f || r >= 0x2028 && r <= 0x202e || r == 0xfffd {
					t.Errorf("%.20q: %s holds %U", hostile, key, r)
				}
			}
		}
		if fields["level"] != "ERROR" || strings.Count(text, "level=ERROR") > 1 && !strings.Contains(text, `\n`) && strings.Contains(hostile, "\n") {
			t.Errorf("%.20q: forged %q", hostile, text)
		}
	}
}

func TestErrorsAreClearedOfAddressesAndTokens(t *testing.T) {
	for text, want := range map[string]string{
		"read tcp 127.0.0.1:8080->203.0.113.7:51234: connection reset by peer": "read tcp [address]->[address]: connection reset by peer",
		"accept [2001:db8::1]:443: closed":                                     "accept [[address]]:443: closed",
		"from 2001:db8:0:1:2:3:4:5, then fe80::1%eth0.":                        "from [address], then [address]%eth0.",
		"addr:2001:db8::1":          "addr:[address]",
		"face:10.0.0.1":             "face:[address]",
		"::ffff:10.0.0.1":           "[address]:[address]",
		"at 19:00:05 on 2025-03-11": "at 19:00:05 on 2025-03-11",
		"token w7Pq0b3E9aXl2mNf5tRzYk8uVc1sHdGjQ4oLiB6vCxM refused": "token [redacted] refused",
		"id 7f1c0c5e-5f0e-4c53-9a51-0a3c3f9f6b1d":                   "id [redacted]",
		"journal: another writer was first":                         "journal: another writer was first",
		"open /var/lib/hearth/hearth.db: permission denied":         "open /var/lib/hearth/hearth.db: permission denied",
		"SQLITE_BUSY in migrate-the-old-sessions-table":             "SQLITE_BUSY in migrate-the-old-sessions-table",
		"websocket: closeHandshakeTimeoutExceeded":                  "websocket: closeHandshakeTimeoutExceeded",
		"----------------------------":                              "----------------------------",
		`said "hello"`:                                              `said \"hello\"`,
	} {
		_, fields := line(t, func(log *slog.Logger) { log.Warn("m", "err", errors.New(text)) })
		if fields["err"] != want {
			t.Errorf("%q is logged as %q, want %q", text, fields["err"], want)
		}
	}
}

func TestStackIsKeptLonger(t *testing.T) {
	stack := strings.Repeat("goroutine 1 [running]:\n\tmain.go:12\n", 1000)
	_, fields := line(t, func(log *slog.Logger) { log.Error("a room broke", "stack", stack) })
	if n := len(fields["stack"].(string)); n < mostTrace || n > mostTrace+3 {
		t.Errorf("the stack has %d bytes", n)
	}
}

func TestLevels(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(NewHandler(&out, Options{Level: slog.LevelWarn}))
	log.Info("not written")
	if log.Warn("written"); strings.Count(out.String(), "\n") != 1 {
		t.Errorf("%q", out.String())
	}
	out.Reset()
	log = slog.New(NewHandler(&out, Options{}))
	log.Debug("not written")
	if log.Info("written"); strings.Count(out.String(), "\n") != 1 {
		t.Errorf("%q", out.String())
	}
}

func TestOriginNamesANetworkForADay(t *testing.T) {
	var o, other Origins
	evening := time.Date(2025, 3, 11, 23, 59, 0, 0, time.UTC)
	of := func(addr string, now time.Time) string { return o.Of(netip.MustParseAddr(addr), now) }
	first := of("203.0.113.7", evening)
	if len(first) != 11 || strings.Contains(first, "203") {
		t.Errorf("named %q", first)
	}
	for _, same := range []string{"203.0.113.250", "::ffff:203.0.113.9"} {
		if got := of(same, evening); got != first {
			t.Errorf("%s is %q, want %q", same, got, first)
		}
	}
	if of("203.0.114.7", evening) == first || of("2001:db8:1::1", evening) != of("2001:db8:1:ffff::2", evening) || of("2001:db8:1::1", evening) == of("2001:db8:2::1", evening) {
		t.Error("networks are mixed up, or split")
	}
	if of("fe80::1%eth0", evening) != of("fe80::1%eth1", evening) {
		t.Error("a zone changes the network")
	}
	if of("203.0.113.7", evening.In(time.FixedZone("", 7200))) != first {
		t.Error("the day is not that of UTC")
	}
	if of("203.0.113.7", evening.Add(2*time.Minute)) == first || of("203.0.113.7", evening) == first {
		t.Error("a day's key outlived its day")
	}
	if other.Of(netip.MustParseAddr("203.0.113.7"), evening) == of("203.0.113.7", evening) {
		t.Error("two processes have one key")
	}
	if o.Of(netip.Addr{}, evening) != "unknown" || Origin(netip.Addr{}, evening) != "unknown" {
		t.Error("no address has a name")
	}
}

// FuzzHandler: whatever comes in, a line is one line, parses, and holds no
// control character.
func FuzzHandler(f *testing.F) {
	f.Add("a\nb", "err", "203.0.113.7:80")
	f.Add("\x1b[2J", "name", "\xff")
	f.Add("::", "stack", `":"`)
	f.Fuzz(func(t *testing.T, message, key, value string) {
		text, fields := line(t, func(log *slog.Logger) { log.Info(message, key, value, "err", errors.New(value)) })
		for i := range len(text) - 1 {
			if text[i] < ' ' || text[i] == 0x7f {
				t.Fatalf("%q holds a control character", text)
			}
		}
		for got := range fields {
			if _, known := keys[got]; !known && got != "time" && got != "level" && got != "msg" {
				t.Fatalf("key %q was let through", got)
			}
		}
	})
}
