import { headers } from "next/headers";

export default async function Page() {
  await headers();
  return <p>{[true, true, true, true, true].join(" ")}</p>;
}
