/** What a listener is told by, and counted. */
export interface Station {
  /** What says now that flags may have changed. */
  news(): Uint8Array;
  joined(listener: Listener): void;
  left(listener: Listener): void;
}

/** How many signs of life in a row somebody may leave unread. */
const MAX_UNREAD = 4;

/**
 * One who listens: the source of his stream. A process has thousands, so it is a class, without closures.
 * There is never more than one message waiting for him: what else there was to say is said by the next one.
 */
export class Listener implements UnderlyingDefaultSource<Uint8Array> {
  readonly address: string | undefined;
  readonly #station: Station;
  #greeting: Uint8Array | undefined;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #owed = false;
  #unread = 0;

  /** @param greeting what he is told first */
  constructor(station: Station, address: string | undefined, greeting: Uint8Array) {
    this.#station = station;
    this.address = address;
    this.#greeting = greeting;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
    controller.enqueue(this.#greeting as Uint8Array);
    this.#greeting = undefined;
    this.#station.joined(this);
  }

  pull(): void {
    if (!this.#owed) return;
    this.#owed = false;
    this.#controller.enqueue(this.#station.news());
  }

  cancel(): void {
    this.#station.left(this);
  }

  /** Tells him now, or once he has read what he was told before. */
  tell(news: Uint8Array): void {
    if (this.#isReading) this.#controller.enqueue(news);
    else this.#owed = true;
  }

  /** Gives him a sign of life; one who has long read nothing is left behind. */
  keepAlive(sign: Uint8Array): void {
    if (this.#isReading) {
      this.#unread = 0;
      this.#controller.enqueue(sign);
    } else if (++this.#unread >= MAX_UNREAD) this.end();
  }

  end(): void {
    this.#station.left(this);
    this.#controller.close();
  }

  get #isReading(): boolean {
    return (this.#controller.desiredSize ?? 0) > 0;
  }
}
