import { definePlaybook } from 'trueup';
import keepalived from './keepalived.ts';
import loadbalancers from './loadbalancers.ts';
import webservers from './webservers.ts';

/** The whole lab: the web servers first, so that the balancers find them up, and then the address that they share. */
export default definePlaybook([webservers, loadbalancers, keepalived]);
