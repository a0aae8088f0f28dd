import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { type Host, InterruptedError } from '../../src/model/index.ts';
import { connect } from '../../src/remote/index.ts';

it('an interruption ends a connection that is being made, and no other try follows', async () => {
  const callers: Socket[] = [];
  // Takes a call and says nothing: a host that hangs.
  const server = createServer((caller) => void callers.push(caller)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const interruption = new AbortController();
  const options = { knownHostsFiles: [], acceptInto: '/nowhere/known_hosts', signal: interruption.signal };
  const connecting = connect({ ...HOST, port: address.port }, options);
  const ended = expect(connecting).rejects.toBeInstanceOf(InterruptedError);
  await once(server, 'connection');
  interruption.abort();
  await ended;
  await expect(connect({ ...HOST, port: address.port }, options)).rejects.toBeInstanceOf(InterruptedError);
  expect(callers).toHaveLength(1);
  server.close();
  await once(server, 'close');
});

const HOST: Host = {
  name: 'box',
  address: '127.0.0.1',
  port: 22,
  user: 'root',
  hostKeys: 'accept-new',
  groups: [],
  vars: {},
};
