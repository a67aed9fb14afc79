package nexus.target.credential;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * TLS of one subscription. All in PEM.
 *
 * @param ca certificates that are trusted instead of the platform's
 * @param certificate what Nexus shows: its own, then those that vouch for it
 * @param key of the first of them, PKCS #8 and not encrypted; there exactly when {@code certificate} is
 */
public record TlsIdentity(Optional<String> ca, Optional<String> certificate, Optional<String> key) {
    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519");

    // written out for the native executable, as in event.EventType
    @Override
    public boolean equals(Object other) {
        return other instanceof TlsIdentity identity
                && ca.equals(identity.ca)
                && certificate.equals(identity.certificate)
                && key.equals(identity.key);
    }

    @Override
    public int hashCode() {
        return 31 * ca.hashCode() + certificate.hashCode();
    }

    /** Whether it can be read as one certificate or several. */
    public static boolean isCertificate(String pem) {
        try {
            return !CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))
                    .isEmpty();
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** Whether it can be read as a private key. */
    public static boolean isPrivateKey(String pem) {
        Matcher matcher = PRIVATE_KEY.matcher(pem.strip());
        return matcher.matches()
                && ALGORITHMS.stream().anyMatch(algorithm -> isPrivateKey(matcher.group(1), algorithm));
    }

    private static boolean isPrivateKey(String base64, String algorithm) {
        try {
            KeyFactory.getInstance(algorithm)
                    .generatePrivate(
                            new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64)));
            return true;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "TlsIdentity[redacted]";
    }
}
