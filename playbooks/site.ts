import { definePlaybook } from 'trueup';
import loadbalancers from './loadbalancers.ts';
import webservers from './webservers.ts';

/** The whole lab: the web servers first, so that the balancers find them up. */
export default definePlaybook([webservers, loadbalancers]);
