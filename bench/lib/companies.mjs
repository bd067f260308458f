const companies = 500;
const requests = 100;

/**
 * A split by company. A few companies make most of the requests, and one in thirty has data that a
 * third of its requests fails on, with either variant. Each bucket is counted in three ways: by
 * request, and at most one error a user, or a company.
 *
 * @param {() => number} random
 * @param {number} share of the companies that have the treatment
 */
export function createCompanies(random, share) {
  const all = Array.from({ length: companies }, (_, id) => {
    const size = Math.min(1000, 1 / (1 - random()));
    return {
      id,
      size,
      users: Math.ceil(5 * size),
      rate: random() < 1 / 30 ? 1 / 3 : 0.002,
      side: random() < share ? "treatment" : "safe",
    };
  });
  const pick = picker(random, all);
  const failed = { users: new Set(), companies: new Set() };

  return function bucket() {
    const counts = { requests: counter(), users: counter(), companies: counter() };
    const seen = { users: new Set(), companies: new Set() };
    for (let request = 0; request < requests; request++) {
      const company = pick();
      const user = company.id * 10_000 + Math.floor(random() * company.users);
      const fails = random() < company.rate;
      count(counts.requests[company.side], true, fails);
      for (const [unit, id] of [
        ["users", user],
        ["companies", company.id],
      ]) {
        const first = fails && !failed[unit].has(id);
        if (first) failed[unit].add(id);
        count(counts[unit][company.side], !seen[unit].has(id), first);
        seen[unit].add(id);
      }
    }
    return {
      requests: counts.requests,
      users: { ...counts.users, share },
      companies: { ...counts.companies, share },
    };
  };
}

function counter() {
  return { safe: { units: 0, errors: 0 }, treatment: { units: 0, errors: 0 } };
}

function count(side, isNew, fails) {
  if (isNew) side.units++;
  if (fails) side.errors++;
}

/** Picks a company by its size. */
function picker(random, all) {
  const ends = [];
  let end = 0;
  for (const { size } of all) {
    end += size;
    ends.push(end);
  }
  return () => {
    const at = random() * end;
    let [low, high] = [0, all.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle] > at) high = middle;
      else low = middle + 1;
    }
    return all[low];
  };
}
