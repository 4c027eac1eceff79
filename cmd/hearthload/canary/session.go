package canary

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/coder/websocket"

	"hearth/cmd/hearthload/drive"
)

// everyWord says canaries wherever a person in a session can say or send
// something. Commands that are refused count too: the input was read.
func (c *Cage) everyWord(ctx context.Context, r *drive.Room) error {
	speaker, other := r.People[0], r.People[1]
	text := func(way string) map[string]string { return map[string]string{"text": c.New(Word, way)} }
	with := func(m map[string]string, more ...string) map[string]string {
		for i := 0; i < len(more); i += 2 {
			m[more[i]] = more[i+1]
		}
		return m
	}
	var errs []error
	must := func(m *drive.Member, verb string, fields any) { errs = append(errs, m.Must(ctx, verb, fields)) }
	try := func(m *drive.Member, verb string, fields any) {
		_, err := m.Do(ctx, verb, fields)
		errs = append(errs, err)
	}
	must(r.Lead, "process", text("process line"))
	must(speaker, "hand", map[string]bool{"up": true})
	must(speaker, "take", nil)
	for range 20 {
		must(speaker, "share", text("share"))
	}
	must(speaker, "invite", map[string]string{"kind": "me-too"})
	must(speaker, "yield", nil)
	for i := range 3 {
		try(r.People[1+i], "share", text("reply"))
	}
	for range 10 {
		must(other, "line", text("line to wellbeing"))
		must(r.Care, "line", with(text("line from wellbeing"), "to", other.Seat))
		try(other, "share", text("share out of turn"))
	}
	must(r.Care, "nudge", with(text("nudge"), "seat", other.Seat, "principle", "equality"))
	must(other, "line", text("answer to a nudge"))
	for _, m := range r.People[2:] {
		try(m, "rename", map[string]string{"name": c.New(Name, "rename")})
		try(m, "rename", map[string]string{"name": c.New(Name, "refused name") + "\u202e"})
		try(m, "take-back", map[string]string{"words": c.New(Word, "take back")})
		try(m, c.New(Word, "verb"), nil)
	}
	return errors.Join(errs...)
}

// brokenMessages sends canaries in messages that end the connection.
func (c *Cage) brokenMessages(ctx context.Context, m *drive.Member) error {
	id := drive.NewID()
	for way, msg := range map[string]string{
		"broken JSON":     `{"do":"share","id":"` + id + `","text":"%s`,
		"repeated name":   `{"do":"share","id":"` + id + `","text":"%s","text":"x"}`,
		"unknown name":    `{"do":"share","id":"` + id + `","text":"x","%s":1}`,
		"wrong type":      `{"do":"share","id":"` + id + `","text":["%s"]}`,
		"command id":      `{"do":"share","id":"%s","text":"x"}`,
		"resume token":    `{"do":"hello","v":1,"resume":"%s","seq":1}`,
		"bad hello":       `{"do":"hello","v":1,"%s":1}`,
		"not UTF-8":       "{\"do\":\"share\",\"text\":\"%s\xff\"}",
		"after the end":   `{"do":"yield","id":"` + id + `"}%s`,
		"nested too deep": `{"do":"share","text":[[[[[[[[[["%s"]]]]]]]]]]}`,
	} {
		if err := c.brokenMessage(ctx, m, way, msg); err != nil {
			return fmt.Errorf("%s: %w", way, err)
		}
	}
	return nil
}

func (c *Cage) brokenMessage(ctx context.Context, m *drive.Member, way, msg string) error {
	sort := Word
	if way == "resume token" {
		sort = Token
	}
	ws, err := m.Dial(ctx)
	if err != nil {
		return err
	}
	defer ws.CloseNow()
	if !strings.Contains(msg, "hello") {
		if err := ws.Write(ctx, websocket.MessageText, []byte(`{"do":"hello","v":1}`)); err != nil {
			return fmt.Errorf("say hello: %w", err)
		}
	}
	if err := ws.Write(ctx, websocket.MessageText, bytes.Replace([]byte(msg), []byte("%s"), []byte(c.New(sort, way)), 1)); err != nil {
		return fmt.Errorf("send: %w", err)
	}
	// A ping and a close reason are inputs as well. The server may have ended
	// the connection already; then they reach nobody.
	_ = ws.Close(websocket.StatusNormalClosure, c.New(Word, "close reason"))
	return nil
}

// names gives a room of people whose names are canaries.
func (c *Cage) names(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = c.New(Name, "knock")
	}
	return names
}
