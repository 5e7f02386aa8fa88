/** The server: HTTP, the event loop, and Java applications. Needs nothing but the JDK at run time. */
module dev.waitress {
    requires jdk.unsupported; // signals
    requires static org.jspecify; // not transitive: programs that require this module would not compile without it

    exports dev.waitress;
    exports dev.waitress.settings;
    exports dev.waitress.wsgi;
    exports dev.waitress.buffer to
            dev.waitress.worker,
            dev.waitress.cli;
    exports dev.waitress.platform to
            dev.waitress.worker,
            dev.waitress.cli;
    exports dev.waitress.loop to
            dev.waitress.worker,
            dev.waitress.cli;
    exports dev.waitress.exchange to
            dev.waitress.worker,
            dev.waitress.cli;
    exports dev.waitress.meter to
            dev.waitress.worker;
    exports dev.waitress.control to
            dev.waitress.worker,
            dev.waitress.cli;
    exports dev.waitress.http to
            dev.waitress.worker;
    exports dev.waitress.log to
            dev.waitress.cli;
}
