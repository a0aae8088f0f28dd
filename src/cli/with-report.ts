import type { Report } from './junit-report.ts';
import type { Options } from './options.ts';

/** Does it with what takes its result; an error that ends it is reported, too. */
export async function withReport<T>(options: Options, job: (report: Report) => Promise<T>): Promise<T> {
  const report = await reportOf(options);
  try {
    return await job(report);
  } catch (error) {
    report([], error);
    throw error;
  }
}

/** Only a run that is to leave a report loads what writes one. */
async function reportOf(options: Options): Promise<Report> {
  if (options.junit === undefined) return () => {};
  return (await import('./junit-report.ts')).junitReport(options, options.junit);
}
