import { IncomingMessage, ServerResponse } from "node:http";
import { Duplex } from "node:stream";

/** A connection that takes whatever is written to it. */
class Sink extends Duplex {
  _read() {}
  _write(_chunk, _encoding, done) {
    done();
  }
}

const connection = new Sink();
connection.resume();

/**
 * Gives a request to a listener in process, through Node's own request and response, and waits until
 * its response has closed: what a server does, without the network.
 *
 * @param {(request: IncomingMessage, response: ServerResponse) => void} listener
 * @returns {Promise<ServerResponse>}
 */
export function exchange(listener) {
  const request = new IncomingMessage(connection);
  request.method = "GET";
  request.url = "/";
  request.headers = { host: "localhost" };
  request.complete = true;
  request.push(null);
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(connection);
  return new Promise((resolve) => {
    response.on("finish", () => {
      response.detachSocket(connection);
      response.destroyed = true;
      response._closed = true;
      response.emit("close");
      resolve(response);
    });
    listener(request, response);
  });
}
