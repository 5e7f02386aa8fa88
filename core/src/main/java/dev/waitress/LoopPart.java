package dev.waitress;

import dev.waitress.connection.Clients;
import dev.waitress.loop.EventLoop;

/**
 * One event loop of a server.
 *
 * @param clients whose connections it has
 * @param observation what is noted of their requests
 */
record LoopPart(EventLoop loop, Clients clients, Observation observation) {}
