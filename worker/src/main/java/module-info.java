/** The Java side of Python workers: their processes, the frames, and the choice of a worker for a request. */
module dev.waitress.worker {
    requires dev.waitress;
    requires static org.jspecify;

    exports dev.waitress.worker;
}
