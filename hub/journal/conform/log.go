package conform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"

	"hearth/hub/journal/kept"
	"hearth/room"
)

var logRules = []rule{
	{"rows come back in order, with their command", rowsInOrder},
	{"a tail begins after a number and ends when its reader does", tailFrom},
	{"an append after another number is a conflict", conflict},
	{"a repeated command gets its first result", duplicate},
	{"a command id is its seat's own", ownIDs},
	{"long logs and long rows come back whole", longLog},
	{"an append to no session is not kept", noSession},
	{"an append that makes no sense is refused", nonsense},
	{"a cancelled append may be asked again", cancelled},
	{"a look that is cut off gives nothing of another session", cutOffLooks},
	{"many rooms at once, without a gap", manyRooms},
	{"one confused room does not disturb the others", confusedRoom},
	{"two writers of one room make one line", twoWriters},
	{"everything is there after opening again", logAgain},
}

func key(seat, id string) kept.CommandKey {
	return kept.CommandKey{Seat: room.SeatID(seat), ID: id}
}

func rows(texts ...string) [][]byte {
	all := make([][]byte, len(texts))
	for i, t := range texts {
		all[i] = []byte(t)
	}
	return all
}

func (c *check) append(session string, after int64, k kept.CommandKey, texts ...string) int64 {
	c.Helper()
	seq, err := c.Append(c.ctx, session, after, k, rows(texts...))
	c.must(err, "append")
	return seq
}

type line struct {
	Seq int64
	Key kept.CommandKey
	Row string
}

func (c *check) lines(session string, after int64) []line {
	c.Helper()
	var all []line
	c.must(c.Tail(c.ctx, session, after, func(seq int64, k kept.CommandKey, row []byte) error {
		all = append(all, line{seq, k, string(row)})
		return nil
	}), "tail")
	return all
}

func rowsInOrder(c *check) {
	s := c.sessions(2)
	c.same(c.append(s[0], 0, key("a", "1"), "x"), int64(1), "last number")
	c.same(c.append(s[0], 1, key("", "timer:1"), "y", "", "z"), int64(4), "last number of three rows")
	c.same(c.append(s[1], 0, key("a", "1"), "other"), int64(1), "last number of another session")
	c.same(c.lines(s[0], 0), []line{
		{1, key("a", "1"), "x"}, {2, key("", "timer:1"), "y"}, {3, key("", "timer:1"), ""}, {4, key("", "timer:1"), "z"},
	}, "the log")
	c.same(c.lines(s[1], 0), []line{{1, key("a", "1"), "other"}}, "the other log")
}

func tailFrom(c *check) {
	s := c.sessions(1)[0]
	c.append(s, 0, key("a", "1"), "x", "y")
	c.append(s, 2, key("a", "2"), "z")
	c.same(c.lines(s, 1), []line{{2, key("a", "1"), "y"}, {3, key("a", "2"), "z"}}, "from the middle of a command")
	c.same(c.lines(s, 3), []line(nil), "from the end")
	c.same(c.lines(s, 9), []line(nil), "from beyond the end")
	c.same(c.lines("unknown", 0), []line(nil), "of no session")
	enough := errors.New("enough")
	n := 0
	err := c.Tail(c.ctx, s, 0, func(int64, kept.CommandKey, []byte) error { n++; return enough })
	c.want(err, enough, "tail with a reader that ends")
	c.same(n, 1, "rows read")
}

func conflict(c *check) {
	s := c.sessions(1)[0]
	c.append(s, 0, key("a", "1"), "x", "y")
	for i, after := range []int64{0, 1, 3, 100} {
		_, err := c.Append(c.ctx, s, after, key("b", fmt.Sprint(i)), rows("no", "no"))
		c.want(err, kept.ErrConflict, fmt.Sprintf("append after %d", after))
	}
	c.same(len(c.lines(s, 0)), 2, "rows after conflicts")
	c.same(c.append(s, 2, key("b", "0"), "z"), int64(3), "decided again with the same id")
}

func duplicate(c *check) {
	s := c.sessions(1)[0]
	c.append(s, 0, key("a", "1"), "x", "y")
	c.append(s, 2, key("b", "1"), "z")
	for _, after := range []int64{0, 2, 3, 7} {
		seq, err := c.Append(c.ctx, s, after, key("a", "1"), rows("again"))
		c.want(err, kept.ErrDuplicate, fmt.Sprintf("repeat after %d", after))
		c.same(seq, int64(2), "first result")
	}
	seq, err := c.Append(c.ctx, s, 3, key("b", "1"), rows("again", "and", "again"))
	c.want(err, kept.ErrDuplicate, "repeat with more rows")
	c.same(seq, int64(3), "first result")
	c.same(len(c.lines(s, 0)), 3, "rows after repeats")
}

func ownIDs(c *check) {
	s := c.sessions(1)[0]
	last := int64(0)
	for _, k := range []kept.CommandKey{key("a", "bc"), key("ab", "c"), key("", "abc"), key("abc", ""+"x"), key("A", "bc")} {
		last = c.append(s, last, k, "row")
	}
	c.same(last, int64(5), "five different commands")
}

func longLog(c *check) {
	s := c.sessions(1)[0]
	last := int64(0)
	for i := range 30 {
		batch := make([][]byte, 50)
		for j := range batch {
			batch[j] = fmt.Appendf(nil, "%d", last+int64(j)+1)
		}
		seq, err := c.Append(c.ctx, s, last, key("a", fmt.Sprint(i)), batch)
		c.must(err, "append")
		last = seq
	}
	big := bytes.Repeat([]byte{0, 1, 0xfe, '\''}, 16<<10)
	c.append(s, last, key("a", "big"), string(big))
	got := c.lines(s, 0)
	c.same(len(got), 1501, "rows")
	for i, l := range got[:1500] {
		if l.Seq != int64(i+1) || l.Row != fmt.Sprint(i+1) {
			c.Fatalf("row %d is %d %q", i+1, l.Seq, l.Row)
		}
	}
	c.same(got[1500].Row == string(big), true, "a long row is whole")
}

func noSession(c *check) {
	_, err := c.Append(c.ctx, "unknown", 0, key("a", "1"), rows("x"))
	c.want(err, kept.ErrNotFound, "append to an unknown session")
	s := c.sessions(1)[0]
	c.append(s, 0, key("a", "1"), "x")
	c.must(c.Finish(c.ctx, s, []byte("{}"), monday), "finish")
	for _, after := range []int64{0, 1} {
		_, err = c.Append(c.ctx, s, after, key("a", "2"), rows("late"))
		c.want(err, kept.ErrNotFound, "append to a session that is over")
	}
	c.same(c.lines(s, 0), []line(nil), "the log of a session that is over")
}

func nonsense(c *check) {
	s := c.sessions(1)[0]
	for name, try := range map[string]func() error{
		"no id":   func() error { _, err := c.Append(c.ctx, s, 0, key("a", ""), rows("x")); return err },
		"no rows": func() error { _, err := c.Append(c.ctx, s, 0, key("a", "1"), nil); return err },
		"before":  func() error { _, err := c.Append(c.ctx, s, -1, key("a", "1"), rows("x")); return err },
		"too long": func() error {
			_, err := c.Append(c.ctx, s, 0, key("a", "1"), [][]byte{make([]byte, 1<<20+1)})
			return err
		},
	} {
		if try() == nil {
			c.Errorf("an append with %s was kept", name)
		}
	}
	c.same(c.lines(s, 0), []line(nil), "the log")
}

func cancelled(c *check) {
	s := c.sessions(1)[0]
	c.append(s, 0, key("a", "1"), "x")
	ctx, cancel := context.WithCancel(c.ctx)
	cancel()
	_, err := c.Append(ctx, s, 1, key("a", "2"), rows("y"))
	c.want(err, context.Canceled, "a cancelled append")
	seq, err := c.Append(c.ctx, s, 1, key("a", "2"), rows("y"))
	if err != nil {
		c.want(err, kept.ErrDuplicate, "asked again")
	}
	c.same(seq, int64(2), "number")
	c.same(len(c.lines(s, 0)), 2, "rows")
}

// manyRooms appends from 50 goroutines to 50 rooms at once.
func manyRooms(c *check) {
	const writers, each = 50, 20
	s := c.sessions(writers)
	var all sync.WaitGroup
	for i, id := range s {
		all.Go(func() {
			for n := range int64(each) {
				seq, err := c.Append(c.ctx, id, n, key(fmt.Sprint(i%12), fmt.Sprint(n)), rows(fmt.Sprintf("%d/%d", i, n+1)))
				if err != nil || seq != n+1 {
					c.Errorf("room %d, row %d: seq %d, error %v", i, n+1, seq, err)
					return
				}
			}
		})
	}
	all.Wait()
	for i, id := range s {
		got := c.lines(id, 0)
		c.same(len(got), each, "rows of a room")
		for n, l := range got {
			c.same(l, line{int64(n + 1), key(fmt.Sprint(i%12), fmt.Sprint(n)), fmt.Sprintf("%d/%d", i, n+1)}, "row")
		}
	}
}

// confusedRoom has one room ask for the wrong number, repeat itself and append
// to nowhere all the time, while others do their work in the same commits.
func confusedRoom(c *check) {
	s := c.sessions(9)
	c.append(s[0], 0, key("a", "first"), "x")
	var all sync.WaitGroup
	for _, id := range s[1:] {
		all.Go(func() {
			for n := range int64(25) {
				if seq, err := c.Append(c.ctx, id, n, key("a", fmt.Sprint(n)), rows("fine")); err != nil || seq != n+1 {
					c.Errorf("a room beside the confused one: seq %d, error %v", seq, err)
				}
			}
		})
	}
	for i, try := range []struct {
		session string
		after   int64
		key     kept.CommandKey
		want    error
	}{
		{s[0], 5, key("a", "new"), kept.ErrConflict},
		{s[0], 1, key("a", "first"), kept.ErrDuplicate},
		{s[0], 0, key("a", "first"), kept.ErrDuplicate},
		{"nowhere", 0, key("a", "new"), kept.ErrNotFound},
	} {
		all.Go(func() {
			for range 25 {
				_, err := c.Append(c.ctx, try.session, try.after, try.key, rows("no"))
				c.want(err, try.want, fmt.Sprintf("confusion %d", i))
			}
		})
	}
	all.Wait()
	c.same(len(c.lines(s[0], 0)), 1, "rows of the confused room")
}

// twoWriters race for one room as two nodes would: decide, append, on conflict
// read the tail and decide again.
func twoWriters(c *check) {
	const writers, each = 4, 25
	s := c.sessions(1)[0]
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			last := int64(0)
			for n := 0; n < each; {
				seq, err := c.Append(c.ctx, s, last, key(fmt.Sprint(w), fmt.Sprint(n)), rows("turn"))
				switch {
				case err == nil:
					last, n = seq, n+1
				case errors.Is(err, kept.ErrConflict):
					for _, l := range c.lines(s, last) {
						last = l.Seq
					}
				default:
					c.Errorf("append: %v", err)
					return
				}
			}
		})
	}
	all.Wait()
	next := map[string]int{}
	got := c.lines(s, 0)
	c.same(len(got), writers*each, "rows")
	for i, l := range got {
		if l.Seq != int64(i+1) || l.Key.ID != fmt.Sprint(next[string(l.Key.Seat)]) {
			c.Fatalf("row %d is number %d, command %v", i+1, l.Seq, l.Key)
		}
		next[string(l.Key.Seat)]++
	}
}

func logAgain(c *check) {
	s := c.sessions(2)
	c.append(s[0], 0, key("a", "1"), "x", "y")
	c.append(s[1], 0, key("a", "1"), "other")
	c.reopen()
	c.same(c.lines(s[0], 0), []line{{1, key("a", "1"), "x"}, {2, key("a", "1"), "y"}}, "the log")
	seq, err := c.Append(c.ctx, s[0], 2, key("a", "1"), rows("again"))
	c.want(err, kept.ErrDuplicate, "a repeat after opening again")
	c.same(seq, int64(2), "first result")
	_, err = c.Append(c.ctx, s[0], 1, key("a", "2"), rows("no"))
	c.want(err, kept.ErrConflict, "a conflict after opening again")
	c.same(c.append(s[0], 2, key("a", "2"), "z"), int64(3), "the next number")
}
