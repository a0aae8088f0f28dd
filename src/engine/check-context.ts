import type { CheckContext, Command, Host, Invocation, Reader } from '../model/index.ts';
import { TrueupError } from '../model/index.ts';
import type { HostSession } from './host-session.ts';
import type { HostSessions } from './host-sessions.ts';
import { rollbackTimer } from './rollback-timer.ts';

/** Seconds until the host undoes a disturbance automatically. */
const GRACE = 60;

/** What the checks of a host may use. It connects only when one looks at a host: most ask from the laptop alone. */
export function checkContext(host: Host, sessions: HostSessions): CheckContext {
  const session = sessions.of(host);
  return {
    since: performance.now(),
    host: lazyReader(session),
    at: (other) => lazyReader(sessions.of(other)),
    disturb: async (command, undo) => {
      const timer = rollbackTimer(undo, GRACE);
      await act(session, [timer.start, { command, limit: 30 }]);
      return () => session.repeat(() => act(session, [timer.rollBack]));
    },
  };
}

async function act(session: HostSession, commands: readonly Invocation[]): Promise<void> {
  const { failure } = await session.act(commands);
  if (!failure) return;
  const advice = `The host undoes it automatically within ${GRACE} s.`;
  throw new TrueupError(`${failure.command}: ${failure.message}`, { advice });
}

function lazyReader(session: HostSession): Reader {
  return {
    probe: (command: Command, options) => session.ask((host) => host.probe(command, options)),
    file: (path, options) => session.ask((host) => host.file(path, options)),
  };
}
