import { homedir } from 'node:os';

export function withHome(path: string): string {
  return path.replace(/^~(?=\/|$)/, homedir());
}
