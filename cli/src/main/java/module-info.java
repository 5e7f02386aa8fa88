/** The command line, and ini files. */
module dev.waitress.cli {
    requires transitive dev.waitress;
    requires dev.waitress.worker;
    requires java.logging;
    requires static org.jspecify;

    exports dev.waitress.ini;
}
