import { BurgeeError, type Definitions, type FlagScope, type Flags } from "@burgee/core";
import { createPageCodes, type PageCodes } from "@burgee/core/signed";
import { permutationsOf } from "./permutations.js";
import { createPrecomputed, type Precomputed } from "./precomputed.js";

/**
 * Flags that a page, made ahead, depends on. For each combination of their variants there is a code,
 * the segment of a URL: the proxy picks it, the page reads it.
 */
export interface Group<D extends Definitions, Key extends keyof D & string> {
  readonly name: string;
  readonly keys: readonly Key[];
  /**
   * The code of the variants that a scope has. The page depends on them: they are exposures.
   *
   * Rejects with BurgeeError `INVALID_SECRET` if the Flags have no secret, `INVALID_OPTIONS` for a
   * group that cannot have codes.
   */
  codeOf(scope: FlagScope<D>): Promise<string>;
  /**
   * What a page shows for a code. A code that is wrong, or of before the group was changed, gives the
   * definitions' defaults.
   *
   * Rejects with BurgeeError `INVALID_OPTIONS` for a group that cannot have codes, or an `otherwise`
   * that leads elsewhere.
   *
   * @param code the page's param, as Next gives it
   * @param options.otherwise a path of this site, to which a wrong code redirects. `@default` none
   */
  fromCode(code: unknown, options?: { readonly otherwise?: string }): Promise<Precomputed<D, Key>>;
  /**
   * All codes, for `generateStaticParams` of a page in `[code]`.
   *
   * Rejects with BurgeeError `TOO_MANY_PERMUTATIONS`, saying which flags to take out, and with those of
   * `codeOf`.
   *
   * @param options.max how many pages may be built. `@default 64`
   */
  permutations(options?: { readonly max?: number }): Promise<{ code: string }[]>;
}

/**
 * A group, of which nothing is made before it is used: two of one name are no fault, since neither
 * reads the other's codes.
 *
 * @param flags the Flags of this process; others, once they are replaced
 */
export function createGroup<D extends Definitions, const Key extends keyof D & string>(
  flags: () => Flags<D>,
  name: string,
  keys: readonly Key[],
): Group<D, Key> {
  let made: { readonly by: Flags<D>; readonly codes: PageCodes } | undefined;

  function current(): { readonly by: Flags<D>; readonly codes: PageCodes } {
    const by = flags();
    if (made?.by !== by) made = { by, codes: createPageCodes(by, name, keys) };
    return made;
  }

  return {
    name,
    keys,
    async codeOf(scope) {
      const { codes } = current();
      const chosen = [...codes.definitions].map(([key, { default: safe, variants }]) => {
        const names = Object.fromEntries(Object.keys(variants).map((one) => [one, one]));
        return [key, scope.choose(key as never, names as never) ?? safe];
      });
      return codes.sign(Object.fromEntries(chosen));
    },
    async fromCode(code, { otherwise } = {}) {
      if (otherwise !== undefined) checkPath(name, otherwise);
      const { by, codes } = current();
      const variants = await codes.read(onlyOne(code));
      if (variants === undefined && otherwise !== undefined) {
        const { redirect } = await import("next/navigation.js");
        return redirect(otherwise);
      }
      return createPrecomputed<D, Key>(codes.definitions, by.client, variants);
    },
    async permutations({ max = 64 } = {}) {
      return permutationsOf(name, current().codes, max);
    },
  };
}

/** The segment that a catch-all param holds. */
function onlyOne(param: unknown): unknown {
  return Array.isArray(param) && param.length === 1 ? param[0] : param;
}

/** Where a browser resolves paths against, to see whether one leaves it. */
const SITE = "http://site.invalid";

function checkPath(group: string, path: unknown): void {
  if (typeof path === "string" && path.startsWith("/") && leadsTo(path) === SITE) return;
  const what = `fromCode() of group ${JSON.stringify(group)} needs for otherwise a path of this site, not ${JSON.stringify(path)}.`;
  throw new BurgeeError("INVALID_OPTIONS", what);
}

function leadsTo(path: string): string | undefined {
  return URL.canParse(path, SITE) ? new URL(path, SITE).origin : undefined;
}
