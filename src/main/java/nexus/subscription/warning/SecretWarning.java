package nexus.subscription.warning;

import java.util.Locale;
import java.util.Optional;
import nexus.subscription.secret.SigningSecret;

/** Names how Standard Webhooks libraries misread a signing secret, and the form in which they read the same key. */
public final class SecretWarning {
    /** Standard Webhooks asks for keys of 24 to 64 bytes. */
    private static final int MIN_KEY_BYTES = 24;

    private static final int MAX_KEY_BYTES = 64;

    private SecretWarning() {}

    /** Empty when every library reads the secret as Nexus does. */
    public static Optional<Warning> of(SigningSecret secret) {
        SigningSecret standard = SigningSecret.ofKey(secret.key());
        int bytes = secret.key().length;
        boolean isStandardLength = bytes >= MIN_KEY_BYTES && bytes <= MAX_KEY_BYTES;
        if (secret.equals(standard) && isStandardLength) {
            return Optional.empty();
        }
        String fix = (secret.equals(standard)
                        ? "Receivers need the secret as it is."
                        : "Give receivers that use a Standard Webhooks library " + standard.text()
                                + " instead: the same key as the library reads it.")
                + (isStandardLength
                        ? ""
                        : " Where the library refuses its length, have a secret generated: rotate it.");
        return Optional.of(new Warning("secret-not-standard", misreading(secret, standard, bytes), fix));
    }

    private static String misreading(SigningSecret secret, SigningSecret standard, int bytes) {
        String text = secret.text();
        if (!text.strip().equals(text)) {
            return "The secret starts or ends with blanks. They belong to the key, and libraries drop or refuse them.";
        }
        if (secret.equals(standard)) {
            return "The secret's key has " + bytes + " bytes. Standard Webhooks asks for " + MIN_KEY_BYTES + " to "
                    + MAX_KEY_BYTES + ", and some libraries refuse others.";
        }
        if (text.startsWith(SigningSecret.PREFIX)) {
            return secret.encodedKey().isPresent()
                    ? "What follows whsec_ is base64 in a form that some libraries refuse, such as without padding."
                    : "What follows whsec_ is no base64, so the whole text is the key. Libraries refuse it.";
        }
        return text.toLowerCase(Locale.ROOT).contains(SigningSecret.PREFIX)
                ? "Only a secret that starts with whsec_, in lower case, is read as base64: here the whole text is the"
                        + " key. Libraries read another one or refuse it."
                : "The secret does not start with whsec_, so the text itself is the key. Standard Webhooks libraries"
                        + " read it as base64, and so have another key or refuse it.";
    }
}
