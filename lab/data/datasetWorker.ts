// A child process of `st4vla data`: makes its share of the shards.
import { serveShare } from '../workers/shareWork.ts';
import type { DatasetSpec } from './DatasetSpec.ts';
import { type DatasetReport, makeShards } from './makeShards.ts';

serveShare<{ readonly plan: DatasetSpec }, DatasetReport>(({ plan, ...share }, report) =>
  makeShards(plan, share, report),
);
