// A network that lets no UDP through, in the namespace of the stories (netns.sh): no route takes a datagram anywhere.
import { execFileSync } from 'node:child_process'

const ip = (...words) => execFileSync('ip', words)

/** From now on no datagram arrives. */
export function blockUdp() {
  // The table of local addresses is asked first of all by default; ours has to come before it.
  ip('rule', 'add', 'pref', '5', 'lookup', 'local')
  ip('rule', 'del', 'pref', '0')
  ip('rule', 'add', 'pref', '1', 'ipproto', 'udp', 'blackhole')
}

/** As before. */
export function allowUdp() {
  ip('rule', 'del', 'pref', '1')
  ip('rule', 'add', 'pref', '0', 'lookup', 'local')
  ip('rule', 'del', 'pref', '5')
}
