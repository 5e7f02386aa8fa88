package dev.waitress.connection;

/**
 * What connections speak, made for each of them.
 *
 * @param means what every connection needs
 * @param intake what taking in requests needs
 * @param exchanges where requests go
 * @param prefaces whether connections begin with a preface
 * @param deadlines how slowly a client may send
 */
record Protocols(
        ConnectionMeans means, Intake.Means intake, Exchanges exchanges, PrefaceRule prefaces, Deadlines deadlines) {
    ProtocolHandler http1(Connection connection) {
        return new Http1(connection, intake, exchanges, deadlines);
    }

    ProtocolHandler preface(Connection connection, Preface.Successor successor) {
        return new Preface(connection, prefaces, deadlines, successor);
    }
}
