package replica

import "time"

// trouble brings one fault after another, each for a while.
func (s *sim) trouble() {
	if s.calm {
		return
	}
	gap := 12 * s.pace
	s.at(s.between(gap/2, gap*4), s.trouble)
	n := s.nodes[s.rng.IntN(len(s.nodes))]
	long := s.pace * []time.Duration{1, 5, 20, 80}[s.rng.IntN(4)]
	faults := []func(*sim, *node, time.Duration){
		kill, kill, pauseNode, pauseNode, partition, partition, partition, deafen, silence, stall, lose, lose,
		cutStore, isolate, allRedis, forget, stepClock,
	}
	faults[s.rng.IntN(len(faults))](s, n, s.between(long/2, long*2))
}

// for a while, something about a node is so.
func (s *sim) during(n *node, what string, long time.Duration, set func(on bool)) {
	s.say("%s: %s for %.3f s", n.id(), what, long.Seconds())
	set(true)
	s.at(long, func() {
		if !s.calm {
			s.say("%s: %s ends", n.id(), what)
			set(false)
			s.again(n)
		}
	})
}

// again: what is whole again is noticed.
func (s *sim) again(n *node) {
	if !n.deaf && !n.noRedis {
		n.hears()
	}
	if n.up {
		for _, seat := range n.here() {
			n.conns[seat].since = s.now
		}
	}
}

func kill(s *sim, n *node, long time.Duration) {
	if !n.up {
		return
	}
	if s.one(4) { // all at once
		for _, o := range s.nodes {
			o.stop()
			s.at(s.between(long, long*2), o.revive)
		}
		return
	}
	n.stop()
	s.at(long, n.revive)
}

// revive starts the process again, if it is not up.
func (n *node) revive() {
	if n.up {
		return
	}
	for _, p := range n.s.people {
		n.s.forget(p.seat, n)
	}
	n.start()
}

// pauseNode is SIGSTOP: the process stands still, the world does not.
func pauseNode(s *sim, n *node, long time.Duration) {
	if !n.up || n.paused {
		return
	}
	s.say("%s: stands still for %.3f s", n.id(), long.Seconds())
	n.pause()
	life := n.life
	s.at(long, func() {
		if n.life == life && !s.calm {
			n.wake()
		}
	})
}

func (n *node) pause() { n.paused, n.slept = true, n.s.now }

func (n *node) wake() {
	if !n.paused {
		return
	}
	n.s.say("%s: wakes", n.id())
	n.paused = false
	if n.s.now-n.slept > 5*time.Second {
		n.naps++
	}
	for _, goOn := range n.asleep {
		n.s.at(0, goOn)
	}
	n.asleep = nil
	n.s.again(n)
}

func partition(s *sim, n *node, long time.Duration) {
	s.during(n, "no relay", long, func(on bool) { n.noRedis = on; n.interrupt(on) })
}

func deafen(s *sim, n *node, long time.Duration) {
	s.during(n, "deaf", long, func(on bool) { n.deaf = on; n.interrupt(on) })
}

func silence(s *sim, n *node, long time.Duration) {
	s.during(n, "mute", long, func(on bool) { n.mute = on })
}

func stall(s *sim, n *node, long time.Duration) {
	s.during(n, "slow", long, func(on bool) {
		n.slow = 0
		if on {
			n.slow = s.between(5*time.Millisecond, 3*time.Second)
		}
	})
}

func lose(s *sim, n *node, _ time.Duration) {
	n.lose = 1 + s.rng.IntN(3)
	s.say("%s: loses the next %d", n.id(), n.lose)
}

func cutStore(s *sim, n *node, long time.Duration) {
	s.during(n, "no store", long, func(on bool) { n.noSQL = on })
}

func isolate(s *sim, n *node, long time.Duration) {
	s.during(n, "alone in the dark", long, func(on bool) { n.noSQL, n.noRedis = on, on; n.interrupt(on) })
}

func allRedis(s *sim, _ *node, long time.Duration) {
	for _, n := range s.nodes {
		partition(s, n, long)
	}
}

func forget(s *sim, n *node, long time.Duration) {
	s.during(n, "forgetful store", long, func(on bool) { s.store.forgetful = on })
}

// stepClock moves a node's clock, as a time server would.
func stepClock(s *sim, n *node, _ time.Duration) {
	n.offset = s.between(-time.Second, time.Second)
	s.say("%s: clock is off by %v", n.id(), n.offset)
}

// interrupt: the subscription breaks, so that it will begin anew.
func (n *node) interrupt(on bool) {
	if on && n.host != nil {
		n.host.gap = true
	}
}

// heal ends all faults.
func (s *sim) heal() {
	s.say("all is well from now on")
	s.calm, s.calmAt = true, s.now
	s.store.forgetful = false
	for _, n := range s.nodes {
		n.noSQL, n.noRedis, n.deaf, n.mute, n.slow, n.lose = false, false, false, false, 0, 0
		n.wake()
		if n.up {
			s.again(n)
		} else if !s.one(4) {
			n.revive()
		}
	}
}
