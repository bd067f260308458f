/** The one-sided bound that a test at 1 % compares with. */
const BOUND = 2.3263;

/** Looks at the totals after every bucket, as one does at a dashboard: the test that must not be. */
export function peekedZTest() {
  const safe = { units: 0, errors: 0 };
  const treatment = { units: 0, errors: 0 };
  return {
    tripped: false,
    add(strata) {
      for (const stratum of strata) {
        safe.units += stratum.safe.units;
        safe.errors += stratum.safe.errors;
        treatment.units += stratum.treatment.units;
        treatment.errors += stratum.treatment.errors;
      }
      const rate = (safe.errors + treatment.errors) / (safe.units + treatment.units);
      const variance = rate * (1 - rate) * (1 / safe.units + 1 / treatment.units);
      const difference = treatment.errors / treatment.units - safe.errors / safe.units;
      if (difference > BOUND * Math.sqrt(variance)) this.tripped = true;
    },
  };
}
