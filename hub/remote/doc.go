// Package remote dials Redis and checks that it is one that hearth may use
// (walls A33): a password is asked for, and it is version 7.0 or newer.
//
// Redis carries hints and passing things only. It may vanish, forget or stall at
// any time; so a client is given out even while nobody answers, and the checks
// are made on every connection as it is opened.
//
// hearth uses no scripts and no dangerous command, also with Sentinel and Redis
// Cluster. A user that may do no more than it needs is made by [ACL]:
//
//	ACL SETUSER hearth on >PASSWORD resetkeys resetchannels ~hearth:* &hearth:* +@all -@dangerous -@scripting
//
// With PASSWORD replaced, and the default user switched off (ACL SETUSER default
// off) or given a password of its own.
package remote

// ACL is the command by which an operator makes the user that hearth needs.
const ACL = "ACL SETUSER hearth on >PASSWORD resetkeys resetchannels ~hearth:* &hearth:* +@all -@dangerous -@scripting"
