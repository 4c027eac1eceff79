package journal

func child() bool { return false }
