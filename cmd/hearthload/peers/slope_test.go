package peers

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// lived makes up a server that is killed every ten minutes for eight hours: its
// memory begins anew, grows by so much an hour while it lives, and by so much
// from one life to the next.
func lived(within, between float64) (all []sample) {
	rng := rand.New(rand.NewPCG(1, 2))
	for at := time.Duration(0); at < 8*time.Hour; at += 20 * time.Second {
		life := int(at / (10 * time.Minute))
		age := at % (10 * time.Minute)
		noise := rng.NormFloat64() / 2
		all = append(all, sample{at, life, 80 + within*age.Hours() + between*float64(life)/6 + noise})
	}
	return all
}

func TestSlopeFindsGrowth(t *testing.T) {
	for _, c := range []struct{ within, between float64 }{{0, 0}, {3, 0}, {0, 2}, {5, 2}, {-2, 0}} {
		all := lived(c.within, c.between)
		rate, give := slope(all)
		if math.Abs(rate-c.within) > 4*give || give > 0.5 {
			t.Errorf("%+v: within a life %.2f ± %.2f", c, rate, give)
		}
		over, overGive := drift(all)
		if math.Abs(over-c.between) > 0.2 {
			t.Errorf("%+v: between lives %.2f ± %.2f", c, over, overGive)
		}
	}
	if _, give := slope([]sample{{0, 1, 80}, {time.Hour, 2, 90}}); !math.IsInf(give, 1) {
		t.Errorf("two lives of one sample each say nothing: ± %.2f", give)
	}
}
