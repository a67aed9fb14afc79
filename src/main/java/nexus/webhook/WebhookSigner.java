package nexus.webhook;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signs bodies with HMAC-SHA256, in the form of Standard Webhooks and in GitHub's. Uses one {@link Mac} over and over:
 * not for two threads at once.
 *
 * @see <a href="https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md">Standard Webhooks</a>
 */
public final class WebhookSigner {
    private static final String ALGORITHM = "HmacSHA256";
    private static final String SCHEME = "v1,";
    private static final String BODY_SCHEME = "sha256=";

    private final Mac mac;
    private byte @Nullable [] lastKey; // of the Mac

    public WebhookSigner() {
        try {
            mac = Mac.getInstance(ALGORITHM);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    /**
     * The header {@code webhook-signature}: {@code v1,<base64>} for each key, with a space between.
     *
     * @param keys newest first, none empty
     * @param timestamp seconds since 1970, as in the header {@code webhook-timestamp}
     */
    public String signature(List<byte[]> keys, String id, String timestamp, byte[] body) {
        byte[] prefix = prefix(id, timestamp);
        StringBuilder header = new StringBuilder(keys.size() * 48);
        for (byte[] key : keys) {
            if (!header.isEmpty()) {
                header.append(' ');
            }
            start(key);
            mac.update(prefix);
            header.append(SCHEME).append(Base64.getEncoder().encodeToString(mac.doFinal(body)));
        }
        return header.toString();
    }

    /** The part that is signed before the body. */
    static byte[] prefix(String id, String timestamp) {
        return (id + '.' + timestamp + '.').getBytes(StandardCharsets.UTF_8);
    }

    /** The header {@code X-Signature}: {@code sha256=<hex>} over the body alone. */
    public String bodySignature(byte[] key, byte[] body) {
        start(key);
        return BODY_SCHEME + HexFormat.of().formatHex(mac.doFinal(body));
    }

    /** Whether one of the signatures in the header {@code webhook-signature} was made with this key. */
    public boolean verifies(byte[] key, String id, String timestamp, byte[] body, String header) {
        byte[] expected = signature(List.of(key), id, timestamp, body).getBytes(StandardCharsets.US_ASCII);
        boolean found = false;
        for (String given : header.split(" ", -1)) {
            found |= MessageDigest.isEqual(expected, given.getBytes(StandardCharsets.UTF_8));
        }
        return found;
    }

    private void start(byte[] key) {
        if (Arrays.equals(key, lastKey)) {
            mac.reset();
            return;
        }
        try {
            mac.init(new SecretKeySpec(key, ALGORITHM));
            lastKey = key.clone();
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("HMAC takes any key", e);
        }
    }
}
