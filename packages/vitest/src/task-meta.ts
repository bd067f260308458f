declare module "vitest" {
  interface TaskMeta {
    /** Of a test: the flags it has read, each variant once. */
    flagsRead?: readonly (readonly [flag: string, variant: string])[];
    /** Of a file: the variants of the flags that are defined, the safe one first. */
    flagsDefined?: Readonly<Record<string, readonly string[]>>;
  }
}

export {};
