package nexus.subscription;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * What deliveries are signed with. After {@code whsec_} comes the key in base64 (Standard Webhooks); any other text is
 * the key as UTF-8.
 */
public record SigningSecret(String text) {
    static final String PREFIX = "whsec_";

    /** The HMAC key. */
    public byte[] key() {
        return text.startsWith(PREFIX)
                ? Base64.getDecoder().decode(text.substring(PREFIX.length()))
                : text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "SigningSecret[redacted]";
    }
}
