/** What a listener is told by, and counted. */
export interface Station {
  /** What says now that flags may have changed. */
  news(): Uint8Array;
  joined(listener: Listener): void;
  left(listener: Listener): void;
}

/** How many signs of life in a row a listener may leave unread. */
const MAX_UNREAD = 4;

/**
 * A listener: the source of its stream. A process has thousands, so it is a class, without closures. Never
 * more than one message waits for it: what else there was to say is said by the next one.
 */
export class Listener implements UnderlyingDefaultSource<Uint8Array> {
  readonly address: string | undefined;
  readonly #station: Station;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #owed = false;
  #unread = 0;

  constructor(station: Station, address: string | undefined) {
    this.#station = station;
    this.address = address;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
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

  /** Tells it now, or once it has read what it was told before. */
  tell(news: Uint8Array): void {
    if (this.#isReading) this.#controller.enqueue(news);
    else this.#owed = true;
  }

  /** Gives it a sign of life; one that has long read nothing is left behind. */
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
