#!/usr/bin/env node
import { main } from './cli/main.ts';
import { surviveLostReaders } from './cli/survive-lost-readers.ts';

surviveLostReaders();
process.exitCode = await main(process.argv.slice(2));
