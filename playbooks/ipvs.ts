import { definePlaybook } from 'trueup';
import directors from './directors.ts';
import realServers from './real-servers.ts';
import webservers from './webservers.ts';

/** Web servers behind directors (IPVS), which they answer past (DR) or through (NAT); the directors last. */
export default definePlaybook([webservers, realServers, directors]);
