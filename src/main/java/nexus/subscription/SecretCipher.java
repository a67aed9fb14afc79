package nexus.subscription;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts what a stranger with a copy of the database must not read: AES-256-GCM, stored as key id (4 bytes), nonce
 * (12), ciphertext and tag. The row's id is authenticated with it, so that a value can't be moved to another row.
 */
@Singleton
public final class SecretCipher {
    private static final int KEY_BYTES = 32;
    private static final int KEY_ID_BYTES = 4;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final SecretKey key;
    private final byte[] keyId;
    private final SecureRandom random = new SecureRandom();

    @Inject
    public SecretCipher(SecretConfig config) {
        this(keyOf(config.key()));
    }

    /** @param key 32 bytes */
    public SecretCipher(byte[] key) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("NEXUS_SECRET_KEY must be base64 of " + KEY_BYTES + " bytes");
        }
        this.key = new SecretKeySpec(key, "AES");
        try {
            this.keyId = Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(key), KEY_ID_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    /** @param row to which the text belongs */
    public byte[] encrypt(String text, UUID row) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        byte[] sealed = run(Cipher.ENCRYPT_MODE, nonce, row, text.getBytes(StandardCharsets.UTF_8));
        return ByteBuffer.allocate(KEY_ID_BYTES + NONCE_BYTES + sealed.length)
                .put(keyId)
                .put(nonce)
                .put(sealed)
                .array();
    }

    /** @throws IllegalStateException when it was encrypted with another key, for another row, or was changed */
    public String decrypt(byte[] stored, UUID row) {
        if (stored.length < KEY_ID_BYTES + NONCE_BYTES
                || !Arrays.equals(keyId, 0, KEY_ID_BYTES, stored, 0, KEY_ID_BYTES)) {
            throw new IllegalStateException(
                    "subscription " + row + " was stored with another NEXUS_SECRET_KEY than this process has");
        }
        byte[] nonce = Arrays.copyOfRange(stored, KEY_ID_BYTES, KEY_ID_BYTES + NONCE_BYTES);
        byte[] sealed = Arrays.copyOfRange(stored, KEY_ID_BYTES + NONCE_BYTES, stored.length);
        return new String(run(Cipher.DECRYPT_MODE, nonce, row, sealed), StandardCharsets.UTF_8);
    }

    private byte[] run(int mode, byte[] nonce, UUID row, byte[] input) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(row.toString().getBytes(StandardCharsets.US_ASCII));
            return cipher.doFinal(input);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("what is stored for subscription " + row + " was changed", e);
        }
    }

    private static byte[] keyOf(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("NEXUS_SECRET_KEY must be base64 of " + KEY_BYTES + " bytes");
        }
    }
}
