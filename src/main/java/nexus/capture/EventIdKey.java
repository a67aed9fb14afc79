package nexus.capture;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The store's secret key for ids of row changes. Never printed. */
public final class EventIdKey {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int MIN_BYTES = 32;

    private final SecretKeySpec key;

    /** @throws IllegalArgumentException if it is shorter than 32 bytes */
    public EventIdKey(byte[] bytes) {
        if (bytes.length < MIN_BYTES) {
            throw new IllegalArgumentException("the key of event ids has " + bytes.length + " bytes");
        }
        this.key = new SecretKeySpec(bytes, ALGORITHM);
    }

    /** Not thread-safe. */
    Mac mac() {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new AssertionError("every Java platform has HMAC-SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "EventIdKey[redacted]";
    }
}
