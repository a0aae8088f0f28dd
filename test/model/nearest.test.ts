import { describe, expect, it } from 'vitest';
import { didYouMean, editDistance, nearest } from '../../src/model/index.ts';

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['address', 'address', 0],
    ['adress', 'address', 1],
    ['adderss', 'address', 1],
    ['pert', 'port', 1],
    ['users', 'user', 1],
    ['hostKyes', 'hostKeys', 1],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
  ])('%j to %j: %i', (from, to, edits) => {
    expect(editDistance(from, to)).toBe(edits);
    expect(editDistance(to, from)).toBe(edits);
  });
});

describe('nearest', () => {
  const known = ['webservers', 'webserver-2', 'port', 'db'];
  it.each([
    ['webserver', 'webservers'],
    ['prot', 'port'],
    ['loadbalancers', undefined],
    ['bd', 'db'],
    ['WebServers', 'webservers'],
    ['xy', undefined],
    ['xyz', undefined],
  ])('%j: %j', (word, candidate) => {
    expect(nearest(word, known)).toBe(candidate);
  });

  it('takes the first of the nearest', () => {
    expect(nearest('lb-03', ['lb-01', 'lb-02'])).toBe('lb-01');
  });

  it('ends a sentence', () => {
    expect(didYouMean('prot', known)).toBe(': did you mean `port`?');
    expect(didYouMean('nothing', known)).toBe('');
  });
});
