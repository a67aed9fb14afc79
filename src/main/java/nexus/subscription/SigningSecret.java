package nexus.subscription;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import nexus.Refusal;

/**
 * What deliveries are signed with. After {@code whsec_} comes the key in base64 (Standard Webhooks); any other text is
 * the key as UTF-8.
 */
public record SigningSecret(String text) {
    static final String PREFIX = "whsec_";
    static final int MAX_CHARACTERS = 256;
    private static final int MIN_CHARACTERS = 8;
    private static final int MIN_KEY_BYTES = 16;
    /** Standard Webhooks asks for 24 to 64. */
    private static final int GENERATED_KEY_BYTES = 32;

    /** A new one. */
    public static SigningSecret generate(SecureRandom random) {
        byte[] key = new byte[GENERATED_KEY_BYTES];
        random.nextBytes(key);
        return new SigningSecret(PREFIX + Base64.getEncoder().encodeToString(key));
    }

    /** One that a caller gives. */
    static SigningSecret parse(String text, String pointer) {
        if (text.length() < MIN_CHARACTERS) {
            throw new Refusal.Invalid(pointer, "must have " + MIN_CHARACTERS + " to " + MAX_CHARACTERS + " characters");
        }
        SigningSecret secret = new SigningSecret(text);
        if (text.startsWith(PREFIX) && !secret.hasKey()) {
            throw new Refusal.Invalid(
                    pointer, "must have base64 of at least " + MIN_KEY_BYTES + " bytes after " + PREFIX);
        }
        return secret;
    }

    /** The HMAC key. */
    public byte[] key() {
        return text.startsWith(PREFIX)
                ? Base64.getDecoder().decode(text.substring(PREFIX.length()))
                : text.getBytes(StandardCharsets.UTF_8);
    }

    private boolean hasKey() {
        try {
            return key().length >= MIN_KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "SigningSecret[redacted]";
    }
}
