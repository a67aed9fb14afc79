package nexus.target.credential;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;

/**
 * Signs in the asymmetric form of Standard Webhooks, {@code v1a}: a receiver needs only the public key.
 *
 * @see <a href="https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md">Standard Webhooks</a>
 */
public final class Ed25519Key {
    private static final String ALGORITHM = "Ed25519";
    private static final String PUBLIC_PREFIX = "whpk_";
    private static final int PUBLIC_BYTES = 32;

    private final PrivateKey key;
    private final String publicKey;

    private Ed25519Key(PrivateKey key, String publicKey) {
        this.key = key;
        this.publicKey = publicKey;
    }

    /** A new one, with randomness of the platform. */
    public static Ed25519Key generate() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
            byte[] encoded = pair.getPublic().getEncoded(); // the key stands at the end of its X.509 form
            byte[] raw = Arrays.copyOfRange(encoded, encoded.length - PUBLIC_BYTES, encoded.length);
            return new Ed25519Key(
                    pair.getPrivate(), PUBLIC_PREFIX + Base64.getEncoder().encodeToString(raw));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    /** @param text what {@link #text} gave */
    public static Ed25519Key parse(String text) {
        String[] parts = text.split(" ", 2);
        try {
            PrivateKey key = KeyFactory.getInstance(ALGORITHM)
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(parts[0])));
            return new Ed25519Key(key, parts[1]);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("what is stored is no key", e);
        }
    }

    /** The private key and the public one, to be kept encrypted. */
    public String text() {
        return Base64.getEncoder().encodeToString(key.getEncoded()) + ' ' + publicKey;
    }

    /** {@code whpk_} and base64 of 32 bytes. */
    public String publicKey() {
        return publicKey;
    }

    /** {@code v1a,<base64>} over the same bytes as {@code v1}. */
    public String signature(byte[] prefix, byte[] body) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(key);
            signature.update(prefix);
            signature.update(body);
            return "v1a," + Base64.getEncoder().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key was checked", e);
        }
    }

    @Override
    public String toString() {
        return "Ed25519Key[" + publicKey + "]";
    }
}
