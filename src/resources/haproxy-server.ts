import { defineResource } from '../model/index.ts';
import { decideServer } from './haproxy/decide.ts';
import { readServers } from './haproxy/read-servers.ts';
import { haproxyServerSpec } from './haproxy/server-spec.ts';

/**
 * Ensures whether a running haproxy sends anybody to a server, and waits until that has come about.
 *
 * - `server`: the server's name, required.
 * - `backend`: the `backend` or `listen` section that it is in, or a list of them. Left out: all that have a server of this
 *   name, and where none has, nobody is sent there and nothing differs.
 * - `state`: `ready`; `drain`: nobody new is sent there, health checks go on; `maint`: neither.
 * - `wait`: seconds that a change may take until it has come about: for `drain` and `maint` until no session with the
 *   server is left, for `ready` until haproxy finds it up. Default 60. With 0 neither is looked at, only the state.
 * - `socket`: haproxy's stats socket, which needs `level admin`. Default `/var/lib/haproxy/stats`.
 *
 * The state lives in the running process: every reload and restart of haproxy sets it back to what the configuration
 * says, which is `ready` unless a server is `disabled` there. So `drain` and `maint` belong around a change (`before` in
 * a play), and `ready` after it. Where haproxy does not run, it sends nobody anywhere, and nothing differs. Sessions
 * that a process from before a reload still has are not seen.
 *
 * It needs socat on the balancer, and haproxy 1.6 or later (not the one that CentOS 7 brings). It is blocked where a
 * `backend` has no such server, or the socket does not let an administrator in. It fails if sessions are left, or the server
 * is not up, after `wait`.
 *
 * See https://docs.haproxy.org/2.6/management.html#9.3 (set server, show stat, show servers state).
 *
 * @example
 * haproxyServer({ server: 'nginx-01', state: 'drain', wait: 120 })
 */
export const haproxyServer = defineResource({
  kind: 'haproxyServer',
  schema: haproxyServerSpec,
  name: ({ backend, server }) => (backend ? `${server} in ${backend.join(', ')}` : server),
  manages: ({ backend = ['*'], server, socket }) =>
    backend.map((each) => `haproxy-server:${socket}:${each}/${server}`),
  read: readServers,
  diff: decideServer,
});
