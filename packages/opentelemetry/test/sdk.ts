import { FlagLogRecordProcessor, type FlagPreset, FlagSpanProcessor } from "@burgee/opentelemetry";
import { type Attributes, context, trace } from "@opentelemetry/api";
import { logs } from "@opentelemetry/api-logs";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  type ReadableLogRecord,
  SimpleLogRecordProcessor,
} from "@opentelemetry/sdk-logs";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { onTestFinished } from "vitest";

/** A registered SDK, and what it has exported. */
export interface Sdk {
  readonly provider: BasicTracerProvider;
  spans(): readonly ReadableSpan[];
  /** The ended span of that name. */
  span(name: string): ReadableSpan;
  /** The flags that the ended span of that name carries. */
  flagsOn(name: string): Attributes;
  records(): readonly ReadableLogRecord[];
}

/** The `feature_flags.*` of a span, an exception or a log record. */
export function flagsOf({ attributes = {} }: { readonly attributes?: object }): Attributes {
  const flags = Object.entries(attributes).filter(([name]) => name.startsWith("feature_flags."));
  return Object.fromEntries(flags);
}

/** Registers a real SDK until the test is finished. */
export function startSdk({
  processor = true,
  preset = "attributes",
  sampler,
}: {
  readonly processor?: boolean;
  readonly preset?: FlagPreset;
  readonly sampler?: Sampler;
} = {}): Sdk {
  const exported = new InMemorySpanExporter();
  const recorded = new InMemoryLogRecordExporter();
  const provider = new BasicTracerProvider({
    ...(sampler && { sampler }),
    spanProcessors: [
      ...(processor ? [new FlagSpanProcessor({ preset })] : []),
      new SimpleSpanProcessor(exported),
    ],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  const processors = [
    ...(processor ? [new FlagLogRecordProcessor({ preset })] : []),
    new SimpleLogRecordProcessor({ exporter: recorded }),
  ];
  logs.setGlobalLoggerProvider(new LoggerProvider({ processors }));
  onTestFinished(() => {
    trace.disable();
    context.disable();
    logs.disable();
  });
  const span = (name: string): ReadableSpan => {
    const [found, ...others] = exported.getFinishedSpans().filter((ended) => ended.name === name);
    if (found === undefined || others.length > 0) throw new Error(`not one span ${name}`);
    return found;
  };
  return {
    provider,
    spans: () => exported.getFinishedSpans(),
    span,
    flagsOn: (name) => flagsOf(span(name)),
    records: () => recorded.getFinishedLogRecords(),
  };
}

/** Runs work in a span of that name and ends it. */
export function inSpan<Result>(
  name: string,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  return trace.getTracer("test").startActiveSpan(name, async (span) => {
    try {
      return await work();
    } finally {
      span.end();
    }
  });
}

/** Everything that was exported, as one text to search. */
export function textOf(sdk: Sdk): string {
  const spans = sdk.spans().map(({ name, attributes, events, links, status, resource }) => {
    return { name, attributes, events, links, status, resource: resource.attributes };
  });
  const records = sdk.records().map(({ eventName, body, attributes, resource }) => {
    return { eventName, body, attributes, resource: resource.attributes };
  });
  return JSON.stringify({ spans, records });
}
