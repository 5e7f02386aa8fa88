package dev.waitress.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Which certificate a client gets: one with the name that it asks for (SNI, RFC 6066 §3), then one with a wildcard in
 * place of its first label, then the first. They can be exchanged at any time; handshakes that have begun keep theirs.
 * Thread-safe.
 */
final class KeyChooser extends X509ExtendedKeyManager {
    /** Those before and those now: the JDK asks again for what it has chosen. */
    private record Choice(Map<String, Identity> known, List<String> present) {
        Identity require(String alias) {
            Identity identity = known.get(alias);
            if (identity == null) {
                throw new IllegalArgumentException(alias);
            }
            return identity;
        }
    }

    private final AtomicLong numbers = new AtomicLong();
    private volatile Choice choice = new Choice(Map.of(), List.of());

    KeyChooser(List<Identity> identities) {
        replace(identities);
    }

    /** From now on these are chosen from. */
    synchronized void replace(List<Identity> identities) {
        Map<String, Identity> known = new HashMap<>();
        choice.present.forEach(alias -> known.put(alias, choice.require(alias)));
        List<String> present = identities.stream()
                .map(each -> String.valueOf(numbers.incrementAndGet()))
                .toList();
        for (int i = 0; i < present.size(); i++) {
            known.put(present.get(i), identities.get(i));
        }
        choice = new Choice(Map.copyOf(known), present);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
        Choice now = choice;
        String host = requestedHost(engine).orElse("");
        return find(now, keyType, host);
    }

    private static Optional<String> requestedHost(SSLEngine engine) {
        if (engine.getHandshakeSession() instanceof ExtendedSSLSession session) {
            for (SNIServerName name : session.getRequestedServerNames()) {
                if (name instanceof SNIHostName host) {
                    return Optional.of(host.getAsciiName().toLowerCase(Locale.ROOT));
                }
            }
        }
        return Optional.empty();
    }

    /** Null if there is none of this type: the JDK asks for each type that the client knows. */
    private static @Nullable String find(Choice from, String keyType, String host) {
        List<String> candidates = from.present.stream()
                .filter(alias -> from.require(alias).isNamed(host))
                .toList();
        if (candidates.isEmpty()) {
            candidates = from.present.stream()
                    .filter(alias -> from.require(alias).isNamedByWildcard(host))
                    .toList();
        }
        if (candidates.isEmpty()) {
            candidates = likeTheFirst(from);
        }
        return candidates.stream()
                .filter(alias -> from.require(alias).key().getAlgorithm().equals(keyType))
                .findFirst()
                .orElse(null);
    }

    /** The first, and those for the same names with another kind of key. */
    private static List<String> likeTheFirst(Choice from) {
        Identity first = from.require(from.present.get(0));
        return from.present.stream()
                .filter(alias -> from.require(alias).equals(first)
                        || from.require(alias).names().equals(first.names()))
                .toList();
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        Identity identity = choice.known.get(alias);
        return identity == null ? null : identity.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        Identity identity = choice.known.get(alias);
        return identity == null ? null : identity.key();
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(String[] keyType, Principal @Nullable [] issuers, Socket socket) {
        return null;
    }
}
