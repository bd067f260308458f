import { getFlags, payloadOf } from "@burgee/next/pages";
import { FlagsProvider, type FlagsProviderProps } from "@burgee/react";
import type { GetServerSideProps } from "next";
import { Ranking } from "../app/(shop)/ranking";
import { clientFlags } from "../client-flags";
import { shop } from "../flags";
import { ranked } from "../products";

interface LegacyProps {
  readonly initial: NonNullable<FlagsProviderProps["initial"]>;
  readonly first: string;
}

export const getServerSideProps: GetServerSideProps<LegacyProps> = async ({ req, res }) => {
  const flags = await getFlags(shop, req, res);
  const [first] = ranked(flags.get("search-ranking"));
  return { props: { initial: await payloadOf(shop, flags), first: first?.name ?? "" } };
};

/** A page of the Pages Router, under the same flags. */
export default function LegacyPage({ initial, first }: LegacyProps) {
  return (
    <FlagsProvider flags={clientFlags} url="/flags" initial={initial}>
      <Ranking />
      <p id="recommended">{first}</p>
    </FlagsProvider>
  );
}
