package presence

// Die ends a node's presence without a word, as kill -9 does.
func (r *Redis) Die() {
	r.stop()
	<-r.done
	r.open.Store(false)
}
