import type { FlagPayload } from "@burgee/ofrep/client";
import { FlagsProvider, type ServerScope } from "@burgee/react";
import { Suspense } from "react";
import { clientFlags, Header, Ranking } from "./app.js";

/** Properties of {@link StreamedPage}. */
export interface StreamedPageProps {
  readonly initial: Promise<FlagPayload>;
  readonly scope?: ServerScope;
}

/** A whole document, whose shell does not wait for the flags. */
export function StreamedPage({ initial, scope }: StreamedPageProps) {
  return (
    <html lang="en">
      <head>
        <title>The shop</title>
        <link rel="icon" href="data:," />
      </head>
      <body data-page="streamed">
        <FlagsProvider flags={clientFlags} url="/flags" initial={initial} scope={scope}>
          <p id="shell">the shell</p>
          <Suspense fallback={<p id="waiting">waiting</p>}>
            <Header />
            <Ranking />
          </Suspense>
        </FlagsProvider>
      </body>
    </html>
  );
}
