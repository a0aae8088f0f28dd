import { connect, createServer, type Socket } from 'node:net';

/** wire.ts HOST GATEWAY MILLISECONDS [BYTES]: a small TCP proxy in front of the host's sshd; says its port. */
const [host = '', gateway = '', delay = '0', bytes = ''] = process.argv.slice(2);

/** Who it runs as: the rule that leads connections here passes over this user's own. */
const NOBODY = 65534;

/** How many bytes a connection may carry to the host; once one was cut, the later ones are spared. */
let allowed = bytes === '' ? Number.POSITIVE_INFINITY : Number(bytes);

const inTime = (deed: () => void) => setTimeout(deed, Number(delay));

function carry(from: Socket, to: Socket, pass: (chunk: Buffer) => void): void {
  from
    .on('data', (chunk: Buffer) => inTime(() => pass(chunk)))
    .on('end', () => inTime(() => to.end()))
    .on('close', () => inTime(() => to.destroy()))
    .on('error', () => {});
}

/** This side is reset; to the host, which gets every byte up to here, it looks like an end. */
function cut(client: Socket, sshd: Socket): void {
  allowed = Number.POSITIVE_INFINITY;
  client.resetAndDestroy();
  sshd.end();
}

const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
  const sshd = connect({ host, port: 22, noDelay: true, allowHalfOpen: true });
  let sent = 0;
  carry(sshd, client, (chunk) => client.write(chunk));
  carry(client, sshd, (chunk) => {
    const passing = chunk.subarray(0, Math.max(0, allowed - sent));
    sent += passing.length;
    sshd.write(passing, () => sent >= allowed && cut(client, sshd));
  });
});

process.setgroups?.([]);
process.setgid?.(NOBODY);
process.setuid?.(NOBODY);
server.listen(0, gateway, () => {
  const address = server.address();
  console.log(typeof address === 'object' ? address?.port : address);
});
