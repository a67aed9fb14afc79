package nexus.subscription.secret;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import nexus.refusal.Refusal;

/**
 * The secret that deliveries are signed with. After {@code whsec_} comes the key in base64 (Standard Webhooks); any other
 * text is the key as UTF-8, also if it only resembles that form.
 */
public record SigningSecret(String text) {
    public static final String PREFIX = "whsec_";
    public static final int MAX_CHARACTERS = 256;
    private static final int MIN_CHARACTERS = 8;
    private static final int GENERATED_KEY_BYTES = 32;

    /** A new one. */
    public static SigningSecret generate(SecureRandom random) {
        byte[] key = new byte[GENERATED_KEY_BYTES];
        random.nextBytes(key);
        return ofKey(key);
    }

    /** One that a caller gives. */
    public static SigningSecret parse(String text, String pointer) {
        if (text.length() < MIN_CHARACTERS) {
            throw new Refusal.Invalid(pointer, "must have " + MIN_CHARACTERS + " to " + MAX_CHARACTERS + " characters");
        }
        return new SigningSecret(text);
    }

    /** The form that every Standard Webhooks library reads as this key. */
    public static SigningSecret ofKey(byte[] key) {
        return new SigningSecret(PREFIX + Base64.getEncoder().encodeToString(key));
    }

    /** The HMAC key; never empty. */
    public byte[] key() {
        return encodedKey().orElseGet(() -> text.getBytes(StandardCharsets.UTF_8));
    }

    /** Empty when the text is no {@code whsec_} with base64 after it. */
    public Optional<byte[]> encodedKey() {
        if (!text.startsWith(PREFIX)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Base64.getDecoder().decode(text.substring(PREFIX.length())))
                    .filter(key -> key.length > 0);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return "SigningSecret[redacted]";
    }
}
