#!/usr/bin/env node
import { ignoreEpipe } from './cli/ignore-epipe.ts';
import { main } from './cli/main.ts';

ignoreEpipe();
process.exitCode = await main(process.argv.slice(2));
