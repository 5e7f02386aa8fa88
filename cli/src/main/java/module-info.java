/** The command line. */
module dev.waitress.cli {
    requires dev.waitress;
    requires dev.waitress.worker;
    requires java.logging;
    requires static transitive org.jspecify;
}
