/**
 * The share of all evidence that is staked on the regression beginning with a bucket: half on the
 * first, the other half spread evenly over the planned ones, and nothing on later ones.
 *
 * @param bucket counted from 0
 */
export function startWeight(bucket: number, plannedBuckets: number): number {
  if (bucket === 0) return 1 / 2;
  return bucket < plannedBuckets ? 1 / (2 * plannedBuckets) : 0;
}

/** What is not staked yet when so many buckets have been added. */
export function unstaked(buckets: number, plannedBuckets: number): number {
  if (buckets === 0) return 1;
  return 1 / 2 - (Math.min(buckets, plannedBuckets) - 1) / (2 * plannedBuckets);
}
