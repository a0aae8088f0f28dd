import { homedir } from 'node:os';

export function expandTilde(path: string): string {
  return path.replace(/^~(?=\/|$)/, homedir());
}
