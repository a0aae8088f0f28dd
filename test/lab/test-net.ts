/** The net of the tests on hosts; another one where two people test on one machine. */
export const TEST_NET = process.env.TRUEUP_TEST_NET ?? '10.62.0.0/24';
