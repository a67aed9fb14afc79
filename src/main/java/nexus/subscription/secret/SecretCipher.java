package nexus.subscription.secret;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import nexus.notation.Sha256;

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
    private static final String MAC = "HmacSHA256";
    /** Makes another key out of the key: one that encrypts must not do anything else. */
    private static final byte[] DIGESTING = "nexus digest".getBytes(StandardCharsets.US_ASCII);

    private final Key present;
    private final List<Key> keys;
    private final SecureRandom random = new SecureRandom();

    @Inject
    public SecretCipher(SecretConfig config) {
        this(keyOf(config.key()), config.oldKey().map(SecretCipher::keyOf));
    }

    /** @param key 32 bytes */
    public SecretCipher(byte[] key) {
        this(key, Optional.empty());
    }

    /** @param oldKey values encrypted with it can still be decrypted */
    public SecretCipher(byte[] key, Optional<byte[]> oldKey) {
        this.present = Key.of(key);
        this.keys =
                Stream.concat(Stream.of(present), oldKey.stream().map(Key::of)).toList();
    }

    private record Key(SecretKey key, ByteBuffer id, SecretKey digesting) {
        static Key of(byte[] bytes) {
            if (bytes.length != KEY_BYTES) {
                throw new IllegalArgumentException("NEXUS_SECRET_KEY must be base64 of " + KEY_BYTES + " bytes");
            }
            return new Key(
                    new SecretKeySpec(bytes, "AES"),
                    ByteBuffer.wrap(Arrays.copyOf(Sha256.of(bytes), KEY_ID_BYTES)),
                    new SecretKeySpec(mac(new SecretKeySpec(bytes, MAC), DIGESTING), MAC));
        }
    }

    /** @param row to which the text belongs */
    public byte[] encrypt(String text, UUID row) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        byte[] sealed = run(Cipher.ENCRYPT_MODE, present, nonce, row, text.getBytes(StandardCharsets.UTF_8));
        return ByteBuffer.allocate(KEY_ID_BYTES + NONCE_BYTES + sealed.length)
                .put(present.id().duplicate())
                .put(nonce)
                .put(sealed)
                .array();
    }

    /** @throws IllegalStateException when it was encrypted with another key, for another row, or was changed */
    public String decrypt(byte[] stored, UUID row) {
        Key key = keys.stream()
                .filter(candidate -> isUnder(candidate, stored))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "subscription " + row + " was stored with another NEXUS_SECRET_KEY than this process has"));
        byte[] nonce = Arrays.copyOfRange(stored, KEY_ID_BYTES, KEY_ID_BYTES + NONCE_BYTES);
        byte[] sealed = Arrays.copyOfRange(stored, KEY_ID_BYTES + NONCE_BYTES, stored.length);
        return new String(run(Cipher.DECRYPT_MODE, key, nonce, row, sealed), StandardCharsets.UTF_8);
    }

    /**
     * Digests that are equal for equal bytes and useless without the key, for comparing encrypted values. The first is under the
     * current key, the second under the previous one, if any, because both may be stored.
     */
    public List<byte[]> digests(byte[] bytes) {
        return keys.stream().map(key -> mac(key.digesting(), bytes)).toList();
    }

    private static byte[] mac(SecretKey key, byte[] bytes) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(key);
            return mac.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    /** Whether it was encrypted with the present key, not with the old one. */
    public boolean isPresentKey(byte[] stored) {
        return isUnder(present, stored);
    }

    private static boolean isUnder(Key key, byte[] stored) {
        return stored.length >= KEY_ID_BYTES + NONCE_BYTES
                && ByteBuffer.wrap(stored, 0, KEY_ID_BYTES).equals(key.id());
    }

    private static byte[] run(int mode, Key key, byte[] nonce, UUID row, byte[] input) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, key.key(), new GCMParameterSpec(TAG_BITS, nonce));
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
