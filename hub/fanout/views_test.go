package fanout

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"

	"hearth/room"
)

// What is written field by field is what the types say: every field has a
// value in the end, so that a new one cannot be left out, and none at first.
func TestViewsAreWrittenAsTheirTypesSay(t *testing.T) {
	views := []any{
		&room.RoomView{}, &room.MeView{}, &room.CareView{},
		[]room.SeatView{{}, {}}, []room.SeatView(nil), []room.SeatID{"", ""}, []room.SeatID{}, []room.SeatID(nil),
		&room.FloorView{}, (*room.FloorView)(nil), room.YouView{}, room.MeDoor{}, &room.OfferView{}, (*room.OfferView)(nil),
		&room.TurnView{}, (*room.TurnView)(nil), room.CanView{}, room.PhaseView{}, room.FormatView{}, []room.Notice{{}}, true,
		room.LineView{}, &room.QuietView{}, &room.HeldView{}, &room.PausedView{}, room.DoorOpen, room.SeatID(""), room.Millis(0),
		[]room.WaitingView{{}, {}}, &room.ClockView{}, []room.PersonView{{}}, &room.RemovalView{}, []room.WroteView{{}}, nil,
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, v := range views {
		for _, full := range []float64{0, 0.3, 0.5, 0.7, 1} {
			one := v
			if v != nil {
				at := reflect.New(reflect.TypeOf(v)).Elem()
				at.Set(reflect.ValueOf(v))
				fill(r, at, full, false)
				one = at.Interface()
			}
			got, err := appendSection([]byte("#"), one)
			if err != nil {
				t.Fatal(err)
			}
			sameJSON(t, got[1:], one)
		}
	}
	if _, err := appendSection(nil, struct{}{}); err == nil {
		t.Error("a section of a type that no view has was written")
	}
	if got := appendView(nil, room.Snapshot{}[room.ToCare]); string(got) != "null" {
		t.Errorf("what nobody may see is %s, want null", got)
	}
	for _, full := range []float64{0, 0.5, 1} {
		on := []room.Happening{{}, {}}
		fill(r, reflect.ValueOf(&on).Elem(), full, false)
		sameJSON(t, appendList(nil, on, appendHappening), on)
	}
}

func sameJSON(t *testing.T, got []byte, v any) {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var a, b any
	if err := json.Unmarshal(got, &a); err != nil {
		t.Fatalf("%T: %s: %v", v, got, err)
	}
	if err := json.Unmarshal(text, &b); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) {
		t.Errorf("%T:\ngot  %s\nwant %s", v, got, text)
	}
}

// fill gives a value to a share of what v holds. Pointers that are nil at the
// top stay so, slices keep their length there.
func fill(r *rand.Rand, v reflect.Value, full float64, below bool) {
	if below && r.Float64() >= full && v.Kind() != reflect.Struct {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(r, v.Field(i), full, true)
		}
	case reflect.Pointer:
		if below {
			v.Set(reflect.New(v.Type().Elem()))
		}
		if !v.IsNil() {
			fill(r, v.Elem(), full, true)
		}
	case reflect.Slice:
		if below {
			v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		}
		for i := range v.Len() {
			fill(r, v.Index(i), full, true)
		}
	case reflect.String:
		v.SetString([...]string{"Ana", "<\"é\\\n>", "\u2028"}[r.IntN(3)])
	case reflect.Int, reflect.Int64:
		v.SetInt(1 + r.Int64N(1<<40))
	case reflect.Bool:
		v.SetBool(true)
	default:
		panic(v.Kind().String() + ": a test that cannot see a field is none")
	}
}
