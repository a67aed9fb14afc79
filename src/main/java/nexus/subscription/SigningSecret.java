package nexus.subscription;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import nexus.refusal.Refusal;

/**
 * The secret that deliveries are signed with. After {@code whsec_} comes the key in base64 (Standard Webhooks); any other
 * text is the key as UTF-8, also one that only looks like it.
 */
public record SigningSecret(String text) {
    static final String PREFIX = "whsec_";
    static final int MAX_CHARACTERS = 256;
    private static final int MIN_CHARACTERS = 8;
    /** Standard Webhooks asks for keys of 24 to 64 bytes. */
    private static final int MIN_KEY_BYTES = 24;

    private static final int MAX_KEY_BYTES = 64;
    private static final int GENERATED_KEY_BYTES = 32;

    /** A new one. */
    public static SigningSecret generate(SecureRandom random) {
        byte[] key = new byte[GENERATED_KEY_BYTES];
        random.nextBytes(key);
        return ofKey(key);
    }

    /** One that a caller gives. */
    static SigningSecret parse(String text, String pointer) {
        if (text.length() < MIN_CHARACTERS) {
            throw new Refusal.Invalid(pointer, "must have " + MIN_CHARACTERS + " to " + MAX_CHARACTERS + " characters");
        }
        return new SigningSecret(text);
    }

    private static SigningSecret ofKey(byte[] key) {
        return new SigningSecret(PREFIX + Base64.getEncoder().encodeToString(key));
    }

    /** The HMAC key; never empty. */
    public byte[] key() {
        return encodedKey().orElseGet(() -> text.getBytes(StandardCharsets.UTF_8));
    }

    /** Empty when the text is no {@code whsec_} with base64 after it. */
    private Optional<byte[]> encodedKey() {
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

    /** Says how a Standard Webhooks library would misread the secret, and the form in which it has the same key. */
    Optional<Warning> warning() {
        SigningSecret standard = ofKey(key());
        int bytes = key().length;
        boolean isStandardLength = bytes >= MIN_KEY_BYTES && bytes <= MAX_KEY_BYTES;
        if (equals(standard) && isStandardLength) {
            return Optional.empty();
        }
        String fix = (equals(standard)
                        ? "Receivers need the secret as it is."
                        : "Give receivers that use a Standard Webhooks library " + standard.text
                                + " instead: the same key as the library reads it.")
                + (isStandardLength
                        ? ""
                        : " Where the library refuses its length, have a secret generated: rotate it.");
        return Optional.of(new Warning("secret-not-standard", misreading(standard, bytes), fix));
    }

    private String misreading(SigningSecret standard, int bytes) {
        if (!text.strip().equals(text)) {
            return "The secret starts or ends with blanks. They belong to the key, and libraries drop or refuse them.";
        }
        if (equals(standard)) {
            return "The secret's key has " + bytes + " bytes. Standard Webhooks asks for " + MIN_KEY_BYTES + " to "
                    + MAX_KEY_BYTES + ", and some libraries refuse others.";
        }
        if (text.startsWith(PREFIX)) {
            return encodedKey().isPresent()
                    ? "What follows whsec_ is base64 in a form that some libraries refuse, such as without padding."
                    : "What follows whsec_ is no base64, so the whole text is the key. Libraries refuse it.";
        }
        return text.toLowerCase(Locale.ROOT).contains(PREFIX)
                ? "Only a secret that starts with whsec_, in lower case, is read as base64: here the whole text is the"
                        + " key. Libraries read another one or refuse it."
                : "The secret does not start with whsec_, so the text itself is the key. Standard Webhooks libraries"
                        + " read it as base64, and so have another key or refuse it.";
    }

    @Override
    public String toString() {
        return "SigningSecret[redacted]";
    }
}
