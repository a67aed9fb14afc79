package nexus.access.session;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import nexus.access.key.Digest;

/**
 * The text of a session cookie: AES-256-GCM over the session's id, its end and the digest of its key. Only a process with the
 * same {@code NEXUS_SECRET_KEY} can make or read one, so no process has to store sessions, and a page works while the
 * database does not answer.
 */
final class SessionSeal {
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int ID_BYTES = 16;
    private static final int DIGEST_BYTES = 32;
    private static final int TAG_BITS = 128;
    private static final int SEALED_BYTES = NONCE_BYTES + ID_BYTES + Long.BYTES + DIGEST_BYTES + TAG_BITS / 8;
    private static final int SEALED_CHARACTERS = (SEALED_BYTES * 4 + 2) / 3;
    private static final byte[] PURPOSE = "nexus page session".getBytes(StandardCharsets.US_ASCII);

    private final SecretKey key;
    private final SecureRandom random = new SecureRandom();

    /** @param secret 32 bytes; another key is derived from it, because one that encrypts must not do anything else */
    SessionSeal(byte[] secret) {
        if (secret.length != KEY_BYTES) {
            throw new IllegalArgumentException("NEXUS_SECRET_KEY must be base64 of " + KEY_BYTES + " bytes");
        }
        this.key = derived(secret);
    }

    String seal(Session session) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        byte[] content = ByteBuffer.allocate(ID_BYTES + Long.BYTES + DIGEST_BYTES)
                .putLong(session.id().getMostSignificantBits())
                .putLong(session.id().getLeastSignificantBits())
                .putLong(session.endsAt().toEpochMilli())
                .put(session.key().bytes())
                .array();
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(content);
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(ByteBuffer.allocate(nonce.length + sealed.length)
                            .put(nonce)
                            .put(sealed)
                            .array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    /** Empty for a text that was not sealed with this key. */
    Optional<Session> open(String text) {
        if (text.length() != SEALED_CHARACTERS) {
            return Optional.empty();
        }
        try {
            byte[] all = Base64.getUrlDecoder().decode(text);
            byte[] content = cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(all, NONCE_BYTES))
                    .doFinal(all, NONCE_BYTES, all.length - NONCE_BYTES);
            ByteBuffer parts = ByteBuffer.wrap(content);
            UUID id = new UUID(parts.getLong(), parts.getLong());
            byte[] digest = new byte[DIGEST_BYTES];
            long endsAt = parts.getLong();
            parts.get(digest);
            return Optional.of(new Session(id, Digest.ofStored(digest), Instant.ofEpochMilli(endsAt)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        return cipher;
    }

    private static SecretKey derived(byte[] secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return new SecretKeySpec(mac.doFinal(PURPOSE), "AES");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
