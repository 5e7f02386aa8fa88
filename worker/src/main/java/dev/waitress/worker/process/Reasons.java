package dev.waitress.worker.process;

/**
 * Why all workers are replaced, or one of them.
 *
 * @param changes of the files that the application is made of, for development
 * @param touch of the file that an operator touches
 * @param mostMemory resident bytes above which a worker is replaced; 0 for no limit
 */
public record Reasons(Changes changes, Changes touch, long mostMemory) {}
