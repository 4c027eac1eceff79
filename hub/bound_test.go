package hub_test

import (
	"context"
	"crypto/sha256"
	"flag"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"hearth/hub"
	"hearth/hub/presence"
	"hearth/hub/socket"
	"hearth/room"
	"hearth/room/group"
)

var moves = flag.Int("moves", 2000, "how often a facilitator's seat moves while its old device connects")

func device(name string) [32]byte { return sha256.Sum256([]byte(name)) }

// holding serves sockets as the site does: for the device that holds the seat.
func holding(h *hub.Hub, store interface {
	Holds(ctx context.Context, device [32]byte, seat room.SeatID) (group.Seat, error)
}) *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seat, err := store.Holds(r.Context(), device(r.URL.Query().Get("device")), room.SeatID(strings.TrimPrefix(r.URL.Path, "/live/")))
		if err != nil {
			http.Error(w, "not yours", http.StatusNotFound)
			return
		}
		h.Serve(w, r, seat)
	}))
}

// held opens a socket of a seat from a device; nil if it is not let in.
func held(server *httptest.Server, seat room.SeatID, from string) *websocket.Conn {
	ws, answer, err := websocket.Dial(context.Background(), "ws"+strings.TrimPrefix(server.URL, "http")+"/live/"+string(seat)+"?device="+from,
		&websocket.DialOptions{Subprotocols: []string{socket.Protocol}})
	if answer != nil && answer.Body != nil {
		_ = answer.Body.Close()
	}
	if err != nil {
		return nil
	}
	ws.SetReadLimit(-1)
	return ws
}

// obeyed says whether a facilitator's command is taken from a socket: true or
// false as it was answered, false when the socket is closed.
func obeyed(ws *websocket.Conn, id string) bool {
	return taken(ws, id, `"do":"remind","principle":"honesty"`)
}

// taken is the same of any command.
func taken(ws *websocket.Conn, id, command string) bool {
	ctx, done := context.WithTimeout(context.Background(), 30*time.Second)
	defer done()
	_ = ws.Write(ctx, websocket.MessageText, []byte(`{"id":"`+id+`",`+command+`}`))
	for {
		_, data, err := ws.Read(ctx)
		if err != nil {
			return false
		}
		for line := range strings.SplitSeq(string(data), "\n") {
			switch {
			case strings.Contains(line, `"ref":"`+id+`"`):
				return strings.HasPrefix(line, `{"t":"ack"`)
			case strings.Contains(line, `"t":"ping"`):
				_ = ws.Write(ctx, websocket.MessageText, []byte(`{"do":"pong"}`))
			}
		}
	}
}

// S02: whoever connects in the very moment in which the seat moves to another
// device never keeps the lead's tools.
func TestS02NoOldDeviceKeepsASeatThatMoves(t *testing.T) {
	h := newHouse(t, t.TempDir())
	h.found()
	store := h.store
	h.hub = hub.New(hub.Config{Journal: store, Store: store, Presence: presence.NewMemory(), Limits: h.limits})
	h.must(h.hub.Start(t.Context()))
	server := holding(h.hub, store)
	defer func() {
		h.hub.Drain(context.Background())
		server.Close()
		h.must(store.Close())
	}()
	names := []string{"one", "two"}
	h.must(store.Bind(t.Context(), "lea", device(names[0]), false))
	lead := held(server, "lea", names[0])
	_ = lead.Write(t.Context(), websocket.MessageText, []byte(`{"do":"hello","v":1}`))
	_ = lead.Write(t.Context(), websocket.MessageText, []byte(`{"do":"knock","id":"knock-0001","name":"Lea","answer":"agree","digest":"`+h.digest+`"}`))
	if !obeyed(lead, "remind-lead") {
		t.Fatal("the lead cannot remind: this test would not notice anything")
	}
	_ = lead.CloseNow()
	if testing.Short() {
		*moves = min(*moves, 200)
	}
	kept, let := 0, 0
	for i := range *moves {
		old, next := names[i%2], names[(i+1)%2]
		var both sync.WaitGroup
		var ws *websocket.Conn
		both.Go(func() {
			if ws = held(server, "lea", old); ws != nil {
				_ = ws.Write(context.Background(), websocket.MessageText, []byte(`{"do":"hello","v":1}`))
			}
		})
		both.Go(func() {
			for range i % 7 * 40 { // now earlier, now later
				runtime.Gosched()
			}
			if err := store.Bind(context.Background(), "lea", device(next), true); err != nil {
				t.Error(err)
			}
			if err := h.hub.Moved(context.Background(), session, "lea"); err != nil {
				t.Error(err)
			}
		})
		both.Wait()
		if ws == nil {
			continue
		}
		let++
		if obeyed(ws, "remind-old-"+next) {
			kept++
		}
		_ = ws.CloseNow()
	}
	if kept > 0 || let == 0 {
		t.Errorf("%d of %d moves left the old device with the lead's tools; %d had been let in", kept, *moves, let)
	}
	t.Logf("%d moves, the old device had been let in for %d of them, %d kept the lead's tools", *moves, let, kept)
}

// S02, in its order: let in by the site, moved, and only then seated.
func TestS02ASocketOfAnOlderBindingIsClosedWhereverItIs(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		in := h.gather("ann")
		ctx := context.Background()
		h.must(h.store.Bind(ctx, "lea", device("old"), true))
		old, err := h.store.Holds(ctx, device("old"), "lea")
		h.must(err)
		h.must(h.store.Bind(ctx, "lea", device("new"), true))
		h.let = &old
		late := h.dial("lea") // Moved has not been told yet: the store is asked at hello
		late.write(`{"do":"hello","v":1}`)
		late.wantEnd(4410, time.Second)
		h.must(h.hub.Moved(ctx, session, "lea"))
		later := h.dial("lea") // and now it is known
		later.wantEnd(4410, time.Second)
		h.let = nil
		in["wim"].ok("remind", `"principle":"honesty"`)
	})
}
