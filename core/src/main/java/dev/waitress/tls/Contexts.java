package dev.waitress.tls;

import dev.waitress.settings.Settings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongSupplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Makes engines of what the files hold, and follows these. The context stays when a certificate changes, and with it
 * the keys of the tickets by which clients resume their sessions. Engines by any thread; {@link #look} by one.
 */
final class Contexts {
    private static final Logger LOG = System.getLogger("waitress");

    /** Sessions of clients that know no tickets. */
    private static final int MOST_SESSIONS = 1000;

    private final @Nullable CertificateFiles files;
    private final ClientTrust trust;
    private final LongSupplier timeOfDay;
    private final Expiry expiry = new Expiry();
    private final Complaint certificateComplaint = new Complaint("the certificate of before is served on");
    private final Complaint trustComplaint = new Complaint("clients are judged as before");
    private final KeyChooser chooser;
    private final SSLParameters parameters;
    private final boolean forbidsHttp2;
    private volatile List<X509Certificate> leaves;
    private @Nullable FileContents seen;
    private FileContents trusted;
    private ClientTrust.Judges judges;
    private boolean saidThatListsAreOld;
    private volatile SSLContext context;

    private Contexts(
            Settings settings,
            LongSupplier timeOfDay,
            @Nullable CertificateFiles files,
            @Nullable FileContents seen,
            List<Identity> identities)
            throws TlsException, GeneralSecurityException {
        this.files = files;
        this.seen = seen;
        this.timeOfDay = timeOfDay;
        this.trust = ClientTrust.of(settings);
        this.chooser = new KeyChooser(identities);
        this.leaves = identities.stream().map(Identity::leaf).toList();
        this.trusted = trust.read();
        this.judges = trust.judges(trusted);
        this.context = newContext();
        this.parameters = Parameters.of(settings, context);
        this.forbidsHttp2 = !Arrays.stream(parameters.getCipherSuites()).allMatch(Ciphers::isForHttp2);
        expiry.warn(leaves, timeOfDay.getAsLong());
        lookAtLists();
    }

    /**
     * With the certificates of the settings.
     *
     * @throws TlsException naming the file that cannot be used
     */
    static Contexts ofFiles(Settings settings, LongSupplier timeOfDay) throws TlsException, GeneralSecurityException {
        CertificateFiles files = CertificateFiles.of(settings);
        FileContents contents = files.read();
        List<Identity> identities = files.identities(contents, Instant.ofEpochMilli(timeOfDay.getAsLong()));
        return new Contexts(settings, timeOfDay, files, contents, identities);
    }

    /** With a certificate that is made now. */
    static Contexts selfSigned(Settings settings, LongSupplier timeOfDay)
            throws TlsException, GeneralSecurityException {
        Identity identity = SelfSigned.make(Instant.ofEpochMilli(timeOfDay.getAsLong()));
        LOG.log(
                Level.INFO,
                "self_signed: clients cannot verify the certificate; its SHA-256 fingerprint is "
                        + fingerprint(identity.leaf()));
        return new Contexts(settings, timeOfDay, null, null, List.of(identity));
    }

    private static String fingerprint(X509Certificate certificate) throws GeneralSecurityException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        return HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest);
    }

    /** One in which no session has begun. */
    private SSLContext newContext() throws GeneralSecurityException {
        SSLContext made = SSLContext.getInstance("TLS");
        made.init(new KeyManager[] {chooser}, judges.managers().toArray(new TrustManager[0]), null);
        made.getServerSessionContext().setSessionCacheSize(MOST_SESSIONS);
        return made;
    }

    SSLEngine engine() {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setSSLParameters(parameters);
        if (forbidsHttp2) {
            engine.setHandshakeApplicationProtocolSelector(
                    new ProtocolChooser(List.of(parameters.getApplicationProtocols())));
        }
        return engine;
    }

    /** When the first of the certificates expires. */
    Instant end() {
        return leaves.stream()
                .map(each -> each.getNotAfter().toInstant())
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** Takes over what the files hold now, if that has changed and makes sense. */
    void look() {
        if (files != null) {
            lookAtCertificates(files);
        }
        lookAtTrust();
        lookAtLists();
        expiry.warn(leaves, timeOfDay.getAsLong());
    }

    private void lookAtCertificates(CertificateFiles present) {
        FileContents now = null;
        try {
            now = present.read();
            if (seen != null && now.areSameAs(seen)) {
                certificateComplaint.settle();
                return;
            }
            if (certificateComplaint.isAbout(now)) {
                return;
            }
            takeOver(present, now);
        } catch (TlsException e) {
            certificateComplaint.say(e, now);
        }
    }

    private void takeOver(CertificateFiles present, FileContents now) throws TlsException {
        List<Identity> identities = present.identities(now, Instant.ofEpochMilli(timeOfDay.getAsLong()));
        chooser.replace(identities);
        leaves = identities.stream().map(Identity::leaf).toList();
        seen = now;
        certificateComplaint.settle();
        LOG.log(
                Level.INFO,
                "new certificate, valid until " + leaves.get(0).getNotAfter().toInstant());
    }

    private void lookAtTrust() {
        FileContents now = null;
        try {
            now = trust.read();
            if (now.areSameAs(trusted)) {
                trustComplaint.settle();
                return;
            }
            if (trustComplaint.isAbout(now)) {
                return;
            }
            judges = trust.judges(now);
            context = newContext();
            trusted = now;
            saidThatListsAreOld = false;
            trustComplaint.settle();
            LOG.log(Level.INFO, "ca_certs and crlfile have changed: clients are judged by what they hold now");
        } catch (TlsException e) {
            trustComplaint.say(e, now);
        } catch (GeneralSecurityException e) {
            trustComplaint.say(new TlsException("ca_certs: " + e.getMessage()), now);
        }
    }

    /** Whoever resumes a session is not judged again: when a list has become too old, none is resumed. */
    private void lookAtLists() {
        if (saidThatListsAreOld || Instant.ofEpochMilli(timeOfDay.getAsLong()).isBefore(judges.end())) {
            return;
        }
        try {
            context = newContext();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("what has made one context makes no other", e);
        }
        saidThatListsAreOld = true;
        LOG.log(
                Level.WARNING,
                "crlfile: a list should have been replaced before " + judges.end()
                        + ": until it is, certificates that it might name are refused");
    }
}
